const DATA = /(<script type="application\/json" id="data">)[^<]*(<\/script>)/;

/** Puts data into the element of a page that is there for it. Nothing in the data can end that element. */
export function pageWithData(page: string, data: unknown): string {
  const text = JSON.stringify(data).replaceAll("<", "\\u003c");
  return page.replace(DATA, (_, before: string, after: string) => `${before}${text}${after}`);
}
