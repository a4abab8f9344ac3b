/** The first bytes of every client of HTTP/2 (RFC 9113, 3.4). */
export const HTTP2_PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
