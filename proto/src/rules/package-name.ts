import { isReservedWindowsName } from "./reserved-name.ts";

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;
const VERSION = /^[A-Za-z0-9._+-]{1,64}$/;

/**
 * Whether the text is a package's NAME: 1 to 100 of `A`–`Z`, `a`–`z`, `0`–`9`, `.`, `_`, `-`, beginning with a letter or digit, not ending
 * with a dot, and no reserved name of Windows (SYNC-001).
 */
export function isPackageName(text: string): boolean {
  return NAME.test(text) && !text.endsWith(".") && !isReservedWindowsName(text);
}

/** Whether the text is a package's VERSION: 1 to 64 of `A`–`Z`, `a`–`z`, `0`–`9`, `.`, `_`, `-`, `+` (SYNC-001). */
export function isPackageVersion(text: string): boolean {
  return VERSION.test(text);
}
