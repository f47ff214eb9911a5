/** A stretch of letters, digits and the signs that readers see in their place. */
export type Word = {
  /** Lower case, without accents. */
  key: string;
  /** Where each character of `key` stands in the text, in UTF-16 code units. */
  at: number[];
  from: number;
  to: number;
};

const spaced = (list: string) => new Set(list.split(/\s+/).filter((word) => word !== ""));

/** Parts of a name that say in which salt, ester or hydrate the drug is bound: the drug is the same. */
const SALTS = spaced(`
  acetate acetonide aluminium anhydrous arginine axetil benzoate besilate besylate bisulfate bisulphate bitartrate
  bromide calcium carbonate chloride cilexetil citrate cypionate decanoate dihydrate dihydrochloride dimeglumine
  dipropionate disodium embonate enanthate erbumine estolate esylate etexilate ethylsuccinate fumarate gluconate
  hbr hcl hemifumarate hemihydrate hydrobromide hydrochlor hydrochloride hyclate hydrogen isethionate lactate magnesium malate
  maleate medoxomil meglumine mesilate mesylate monohydrate mononitrate napsylate nitrate olamine orotate palmitate
  pamoate phosphate pivoxil pot potassium propionate proxetil sod sodium stearate succ succinate sulfate sulphate
  tartrate tosilate tosylate tert-butylamine trihydrate fum pam usp bp nf trometamol tromethamine undecanoate valerate xinafoate zinc`);

const SALT_LIST = [...SALTS];

/** How the drug is released from its form. */
const RELEASES = spaced(`
  er xr sr cr la xl dr ec mr pr xt cd sa ir td odt retard modified extended immediate delayed prolonged sustained
  controlled release enteric coated gastro resistant chrono lp hour 12hr 24hr 12h 24h`);

const FORM_WORDS = spaced(`
  tab tabs tablet tablets cap caps capsule capsules caplet caplets softgel softgels chewable chew disintegrating
  dispersible effervescent soluble film sol soln solution susp suspension syrup elixir liquid drops drop cream crm
  ointment oint gel lotion foam shampoo spray inhaler inhal inh aerosol hfa diskus nebules nebs neb patch patches
  supp suppository suppositories inj injection pen pens kwikpen flexpen solostar vial syringe prefilled autoinjector
  powder granules sachet sachets packet packets lozenge enema ophthalmic ophth otic ear eye nasal oral topical
  vaginal rectal sublingual subcutaneous intramuscular transdermal ring device implant kit`);

/**
 * Words that labels print for other reasons than to name a drug. None is ever taken for a badly read name, and none
 * for a name when it stands alone.
 */
const LABEL_WORDS = spaced(`
  a about after again all alcohol allergies allergy also am an and any apply april as ask at august authorized avenue
  ave away aware be bed bedtime been before bid birth blood blvd bottle box breakfast brand breath by call can care
  caution cause center change chew child children chronic city clinic close complete consult contact contains
  continue control cool cough county court crush daily date dated day days dec december dilute dinner directed
  directions disc discard discontinue disp dispense dispensed disposal do doctor dose doses dosage dr drink drinking
  drive driving drowsiness drug drugs each eat eating either emergency empty evening every exp expires expiry eyes
  fax feb february federal feel female fever filled finish finished first five flush focus follow food for four fri
  friday from full general generic get give glass group half has have health heart help high hospital hour hours hrs
  if important in inhale inject insert instructions intake into is it jan january july june juice keep label last
  law left lie light live long low lot lunch machinery made male manufacturer march martin may md meal meals med
  medical medicine medication medications medicine melt method mfg mfr milk minutes missed mix moisture mon monday
  month months morning mouth mrs ms much must name nausea ndc needed new next night no none normal not nostril nov
  november now number oct october of off office old on once one only open operate or order orally original other out
  over p pack package pain part patient pharmacist pharmacy phone pharm physician place plan plastic pm po prescribed
  prescriber prescription prn prior prohibits protect puff puffs qty quantity range reach read refill refills refrigerate
  remaining remove repeat requests reseal return right rinse road room route rph rx safe same sat saturday see self
  sept september serial seven shake sheet side sig signature sip six skin sleep slowly small smoke so source stand
  state stay stomach stop store street strength suite sun sunday sunlight supply swallow sweating symptoms table take
  taken taking teaspoon teaspoonful teaspoons tel temperature ten than the then this three thu thursday thurs time
  times to today tongue total transfer treatment tue tues tuesday turn twice two under unit units unless until up
  urine usage use used using via visit void voided walk warning wash water wed wednesday week weekly weeks weight well
  when whole will with without wks write year years yes you young your zip mg mcg ml gm gram grams iu meq mmol ug microgram micrograms milligram milligrams`);

/** Words that say a longer product was printed: the brand with more ingredients, or the combination. */
const EXTENDING = spaced(
  "hct plus comp compositum forte mix duo combi combo d dm pm vc tc ef cold flu sinus",
);

export type WordKind = "salt" | "release" | "form" | "label" | "extending" | "other";

export function kindOfWord(key: string): WordKind {
  if (EXTENDING.has(key)) return "extending";
  if (isSalt(key)) return "salt";
  if (RELEASES.has(key)) return "release";
  if (FORM_WORDS.has(key)) return "form";
  return LABEL_WORDS.has(key) ? "label" : "other";
}

/** Shortest beginning of a salt that labels print for the whole: "tart", "succ". */
const SHORTEST_SALT = 4;

function isSalt(key: string): boolean {
  if (SALTS.has(key)) return true;
  return key.length >= SHORTEST_SALT && SALT_LIST.some((salt) => salt.startsWith(key));
}

/** "10mg", "0.5", "500MG": a number with or without its unit, so no part of a name. */
const AMOUNT = /^[\d.,]*\d(?:mg|mcg|ug|µg|g|ml|iu|u|units?|meq|mmol|%)?$/;
/** A name and its strength printed, or read, without the space: LISINOPRIL10MG. */
const GLUED_AMOUNT = /^([a-z][a-z0-9|!$@]*?[a-z])(\d+(?:[.,]\d+)?(?:mg|mcg|ug|g|ml|units?))$/;

export function isAmount(word: Word): boolean {
  return AMOUNT.test(word.key);
}

const WORD = /[\p{L}\p{N}|!$@€][\p{L}\p{M}\p{N}|!$@€'’]*(?:(?<=\d)[.,]\d+[\p{L}\p{N}]*)?%?/gu;

/** The words of a text with their places. Joins nothing and corrects nothing. */
export function wordsOf(text: string): Word[] {
  const words: Word[] = [];
  for (const match of text.matchAll(WORD)) {
    const word = keyed(match[0], match.index);
    const glued = GLUED_AMOUNT.exec(word.key);
    const cut = glued?.[1]?.length;
    if (cut === undefined) words.push(word);
    else words.push(part(word, 0, cut), part(word, cut, word.key.length));
  }
  return words;
}

function keyed(text: string, from: number): Word {
  let key = "";
  const at: number[] = [];
  for (let index = 0; index < text.length; index++) {
    const plain = (text[index] ?? "")
      .normalize("NFKD")
      .toLowerCase()
      .replace(/[\p{M}'’]/gu, "");
    key += plain;
    for (let n = 0; n < plain.length; n++) at.push(from + index);
  }
  return { key, at, from, to: from + text.length };
}

function part(word: Word, start: number, end: number): Word {
  const at = word.at.slice(start, end);
  const from = at[0] ?? word.from;
  return {
    key: word.key.slice(start, end),
    at,
    from,
    to: end === word.key.length ? word.to : (word.at[end] ?? word.to),
  };
}

/** Words as one name without spaces: names are compared so, since readers lose and add spaces. */
export function joined(words: readonly Word[]): { key: string; at: number[] } {
  return { key: words.map((word) => word.key).join(""), at: words.flatMap((word) => word.at) };
}

/** The key of a name in the lexicon, made as the keys of words read from a label are. */
export function keyOf(name: string): string {
  return joined(wordsOf(name)).key.replaceAll(/[.,%]/g, "");
}
