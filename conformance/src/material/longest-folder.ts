/** A folder, with the slash at its end, so deep that a path of one character in it is one byte over the 1,024 that a path can have (SYNC-014). */
export const LONGEST_FOLDER = `${"d".repeat(255)}/${"e".repeat(255)}/${"f".repeat(255)}/${"g".repeat(255)}/`;
