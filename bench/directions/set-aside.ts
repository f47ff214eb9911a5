/**
 * Directions whose recorded expectation is a parser's limit or guess rather than clinical sense, by text, with the
 * reason. An expression stands for a family of made-up text.
 */
export const SET_ASIDE: readonly { sig: string | RegExp; reason: string }[] = [
  { sig: "1-0-1 ac", reason: "expects only 'before meals': the morning and the evening are dropped" },
  { sig: /^1 po(c|pc|ac)$/, reason: "codes run together without a space that nobody prints" },
  { sig: "1x3 OD", reason: "without a form or a unit, expects drops to be guessed from OD" },
  { sig: "1 td daily", reason: "expects a patch, which is not printed" },
  { sig: "1 pr q12h", reason: "expects a suppository, which is not printed" },
  { sig: /^11? tabs? suppo/, reason: "a tablet that is a suppository: no such direction" },
  { sig: /^1[x*]weekly /, reason: "'1x weekly' is once weekly; expects it to be a dose of one as well" },
  { sig: "pc and dinner", reason: "expects 'and' to be passed over" },
  { sig: "1 po ad", reason: "expects AD to be every other day; ISMP lists it as the right ear" },
  {
    sig: "2",
    reason: "expects mL from a container's unit, which is not printed and which no label gives apart",
  },
  { sig: /^1 tab (inhaled|ivpb|subq|subcut|inhalation)ly q12h$/, reason: "words that do not exist" },
  { sig: "1 tab in q12h", reason: "expects 'in' to be the nose; a lost word ('in the morning') is likelier" },
  { sig: /^Use inhaler every [46] hours/, reason: "expects the hours of the interval to be the dose" },
  { sig: /per kg/, reason: "expects '5 mg per kg' to be a dose of 5 mg" },
  {
    sig: /^Take (with food|on an empty stomach|with plenty of water)$/,
    reason: "expects a route that is not printed",
  },
  { sig: "Do not crush or chew", reason: "expects a route that is not printed" },
  { sig: "Take 1 capsule extended release every morning", reason: "expects a route that is not printed" },
  { sig: "1×2 tabs bid", reason: "one twice or two at once: expects one of two fair readings" },
  { sig: /\\[tn]/, reason: "a backslash and a letter: a slip of the test file, not a tab or a line end" },
];
