/** Abbreviations that stand behind a number on a label. */
const SHORT = "mg|mcg|ug|ml|meq|g|gm|gr|kg|l|dl|cc|cm|mm|iu|oz|tsp|tbsp|mmol|gtts?|x|am|pm|h|hrs?|d|wks?";

/** And beginnings of words that do. */
const WORDS =
  "unit|tab|cap|pill|loz|supp|patch|vial|amp|pen|inhal|syring|sachet|packet|strip|bottle|tube|film|gumm|puff|drop|spray|gram|milli|micro|teasp|tablesp|day|week|month|year|hour|min|time|dose|refill|night";

const COUNTED = new RegExp(`^(?:(?:${SHORT})(?![a-z])|${WORDS})`, "i");

/**
 * Whether text starts with what numbers count: a unit, a form of medicine, a time. Letters in front of these that look
 * like digits are digits.
 */
export function isCounted(text: string): boolean {
  return COUNTED.test(text);
}
