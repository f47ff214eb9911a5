/**
 * The words that labels are made of, as tables: add a word to teach it to the layout. Compared without regard to
 * capitals, and with a misread letter forgiven in the longer ones.
 */

/** The items of a list printed with commas. */
export function listed(list: string): string[] {
  return list.split(",").map((item) => item.trim().replace(/\s+/g, " "));
}

/** The words of a list printed with spaces. */
function spaced(list: string): string[] {
  return list.split(/\s+/).filter((word) => word !== "");
}

/** "plain: printed printed" a line, to a map from each printed word to the plain one. */
function table(lines: string): ReadonlyMap<string, string> {
  const rows = lines.split("\n").map((line) => line.split(":"));
  return new Map(
    rows.flatMap(([plain = "", printed = ""]) =>
      spaced(printed).map((word) => [word, plain.trim()] as const),
    ),
  );
}

/** Printed form word to the form's plain name. */
export const forms = table(`
  tablet: tablet tablets tab tabs tb tbs comprimé comprimés comprime comprimes
  caplet: caplet caplets
  capsule: capsule capsules cap caps cp softgel softgels gelcap gelcaps
  solution: solution soln sol
  suspension: suspension susp
  syrup: syrup syr
  elixir: elixir elix
  liquid: liquid liq
  cream: cream crm
  ointment: ointment oint
  gel: gel
  lotion: lotion
  foam: foam
  shampoo: shampoo
  paste: paste
  patch: patch patches
  inhaler: inhaler inh evohaler accuhaler turbuhaler respimat
  aerosol: aerosol
  spray: spray
  drops: drops drop
  injection: injection inj
  vial: vial vials
  ampoule: ampoule ampoules ampule ampules
  pen: pen pens flexpen kwikpen solostar flextouch
  syringe: syringe syringes
  suppository: suppository suppositories supp
  pessary: pessary pessaries
  powder: powder pwd
  granules: granules
  sachet: sachet sachets
  packet: packet packets
  lozenge: lozenge lozenges
  film: film films
  ring: ring
  implant: implant
  enema: enema
  kit: kit
  nebules: nebules`);

/** Words that narrow a form and stand before it: "eye drops", "chewable tablet", "modified-release capsules". */
export const formWords = spaced(`
  oral eye ear nasal ophthalmic ophth otic topical vaginal rectal chewable chew effervescent dispersible orodispersible
  orally disintegrating sublingual buccal coated film metered transdermal modified prolonged extended delayed release
  gastro resistant soluble prefilled`);

/** Salts, hydrates and release words that are printed as part of a drug's name, in their usual capitals. */
export const nameTails: ReadonlyMap<string, string> = new Map(
  spaced(`
    HCl Hydrochloride Hydrobromide HBr Sodium Sod Potassium Pot Calcium Magnesium Zinc Besylate Besilate Maleate
    Mesylate Mesilate Tartrate Bitartrate Succinate Succ Fumarate Sulfate Sulphate Phosphate Acetate Citrate Nitrate
    Mononitrate Dinitrate Chloride Bromide Carbonate Gluconate Oxalate Pamoate Palmitate Propionate Furoate Valerate
    Dipropionate Medoxomil Cilexetil Axetil Disoproxil Alafenamide Trihydrate Monohydrate Anhydrous Dihydrate Erbumine
    Arginine Tosylate Lactate Malate Xinafoate Hyclate Decanoate Acetonide
    ER XR XL SR CR LA IR DR EC MR PR OD ODT CD XT SA DS HFA HCT HCTZ Plus Forte Retard Depot`).map(
    (word) => [word.toLowerCase(), word] as const,
  ),
);

/** Those of them that may be a drug's name, or open one: "Potassium chloride", "HCTZ". Others only go on with it. */
export const nameOpeners = spaced("sodium sod potassium pot calcium magnesium zinc hct hctz");

/** Verbs that open directions. */
export const directionVerbs = spaced(`
  take give use apply instill instil inhale inject place put insert dissolve chew swallow spray swish gargle lather mix drink
  administer infuse suck rub massage wash tk taper finish start stop increase decrease reduce sprinkle swallow`);

/** Words, other than verbs and figures, that open directions: "ONE to be taken", "half a tablet". */
export const directionCounts = spaced("one two three four five six seven eight nine ten half");

/** Units of one dose that are no forms. */
export const doseUnits = spaced(
  "puff puffs drop drops gtt gtts spray sprays unit units applicatorful applicatorfuls supp tsp tbsp teaspoonful spoonful",
);

/** Words that say by which way, or where: they stand right behind a dose. */
export const directionWays = spaced("po sl sc subq im pr pv ou os ad as au under");

/** Words that say when or how often. */
export const directionTimes = spaced(`
  once twice thrice times time daily day days everyday every other hour hours hrs hr week weeks weekly month months
  monthly minutes morning mornings noon midday afternoon evening evenings night nightly bedtime am pm qd od bid bd tid
  tds qid qds qhs hs qam qpm qod q1h q2h q3h q4h q5h q6h q8h q12h q24h q48h q72h qwk qh ac pc prn stat ud uad mane nocte om needed required directed
  monday tuesday wednesday thursday friday saturday sunday mon tue wed thu fri sat sun alternate`);

/** Those of them that stand on no label for another reason: opening hours and dates have days and hours too. */
export const directionFrequencies = spaced(`
  once twice thrice daily everyday mornings nightly bedtime weekly qd bid bd tid tds qid qds qhs qam qpm qod q4h q6h q8h
  q12h prn mane nocte morning evening night`);

/** The other words that directions are made of. */
export const directionWords = spaced(`
  by mouth orally po sl pr pv im iv sc subq topically under tongue nostril nostrils eye eyes ear ears skin affected area
  areas each both left right into onto in on to the an a per at of and or then with without before after between until
  for if as necessary prescribed tablet tablets tab tabs capsule capsules cap caps pill pills puff puffs drop drops gtt
  gtts sprays unit units ml mls mg mcg teaspoon teaspoonful teaspoonfuls tablespoon tablespoonful tsp tbsp spoonful
  spoonfuls patch suppository application dose doses scoop packet sachet inhalation inhalations food meal meals breakfast
  lunch dinner supper milk water glass full empty stomach pain blood pressure cholesterol sugar diabetes heart rhythm sleep
  anxiety nausea cough wheezing itching fever infection headache swelling shortness breath finished gone complete course amount pea sized face scalp rectally vaginally nasally sublingually
  max maximum exceed more than not sparingly thin layer be taken used applied first only type`);

/** Words that carry directions on into the next line, or begin that line: "for high / blood pressure". */
export const connectors = spaced(
  "for with without until and or then in on at to as if after before by into per x",
);

/** How warnings and other sentences that are neither drug nor directions open. */
export const warningOpeners = listed(`
  caution, warning, dose change, dosage change, strength change, previously, new dose, new strength, federal law, do not, may cause, avoid, keep, store, shake, refrigerate, this medicine, this drug,
  this medication, this is, important, call, see, contains, each tablet contains, each capsule contains, read,
  for external, not for, if you, you should, you may, ask, tell, talk to, consult, protect, may be, to take with, limit,
  side effects, thank you, visit, questions, wash hands, medication should, most of, obtain, warn, dispose, discard,
  for your, you have, please, interacts, interaction, may interact, swallow whole, dissolve or mix`);

/** Letters after a prescriber's name. */
export const credentials = spaced(`
  md do np pa pac dds dmd fnp arnp aprn crnp dpm dnp mbbs mrcgp rn cnm dvm phd`);

/** Words that follow "Dr" where it is no name: "DR AUTH REQUIRED". */
export const notNames = spaced("auth authorization authorisation required approval call to must will has");

/** Words of a pharmacy's or clinic's own name. */
export const pharmacyWords = spaced(`
  pharmacy pharmacies apothecary chemist chemists drug drugs drugstore drugmart rx dispensary pharmacie hospital clinic
  medical health healthcare center centre store stores prescriptions wellness care surgery delivery`);

/** Words of a street address. */
export const addressWords = spaced(`
  st street ave avenue rd road blvd boulevard ln lane dr drive way hwy highway ct court pl place pkwy parkway suite ste
  unit floor apt square terrace close crescent cres`);

/** Counts in words. */
export const numberWords: ReadonlyMap<string, number> = new Map([
  ["none", 0],
  ["no", 0],
  ["nil", 0],
  ...spaced("zero one two three four five six seven eight nine ten eleven twelve").map(
    (word, value) => [word, value] as const,
  ),
]);

/** Units of strength as labels print them, to their usual writing. */
export const strengthUnits = table(`
  mg: mg mgs milligram milligrams
  mcg: mcg mcgs ug µg
  micrograms: microgram micrograms
  g: g gm gms gram grams
  ng: ng nanogram nanograms
  units: unit units unt u
  IU: iu
  million units: mu
  mEq: meq meqs
  mmol: mmol mmols
  %: % percent`);

/** What a strength may be counted in: "5 mL", "actuation", "24 hours". */
export const perUnits: ReadonlyMap<string, string> = new Map([
  ...strengthUnits,
  ...table(`
    mL: ml mls
    L: l litre liter
    tsp: tsp
    hr: hr hrs h
    hour: hour
    hours: hours
    day: day
    actuation: actuation actuations
    act: act actuat
    dose: dose
    puff: puff puffs
    spray: spray sprays
    blister: blister
    inh: inh inhalation
    drop: drop
    tablet: tablet tab
    capsule: capsule
    patch: patch`),
]);

/** Units as readers misread them, to what they most likely were: shown, never trusted. */
export const misreadUnits = table(`
  mg: mq rng hg nig m9 me ma
  mcg: mog mc9 mcq rncg mcg
  mEq: meg mea meo rneq`);

/** Units of what is dispensed by volume or weight. */
export const volumeUnits = spaced("ml mls l g gm gms gram grams oz");
