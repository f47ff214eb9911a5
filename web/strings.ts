import type { Fields } from "../contract/medications.ts";
import type { ProblemCode } from "../contract/problems.ts";
import type { QualityIssue } from "../contract/reading.ts";

/** Every word of the page, in one place: another language is another file of this shape. */

type FieldName = keyof Fields;

const fields: Record<FieldName, string> = {
  name: "Medicine",
  dosage: "Strength",
  form: "Form",
  instructions: "Directions",
  schedule: "How often",
  quantity: "Quantity",
  refills: "Refills",
  prescriber: "Prescriber",
  rx_number: "Rx number",
};

/** What a problem of the API means for the person who holds the tablet, and what to do next. */
const problems: Record<ProblemCode, string> = {
  unauthorized: "You are not signed in. Sign in again.",
  token_expired: "Your session has ended. Sign in again.",
  forbidden: "Your account may not do this. Ask whoever looks after the accounts.",
  route_not_found: "This page is out of date. Load it again.",
  job_not_found: "This scan is no longer kept. Take the photo again.",
  medication_not_found: "This medicine has been removed. Go back to the list.",
  page_not_found: "This photo is no longer kept. Take a new one if you need it.",
  image_not_ready: "The picture is not ready yet. Try again in a moment.",
  body_not_json: "This page is out of date. Load it again.",
  invalid_request: "Something you entered cannot be kept. Check the length and the figures.",
  invalid_page_token: "The list has changed. Open it again.",
  not_an_image: "This file is not a photo. Choose a JPEG, PNG, WebP or TIFF.",
  multipart_not_accepted: "This page is out of date. Load it again.",
  unsupported_media_type: "This page is out of date. Load it again.",
  file_too_large: "A photo is larger than 20 MB. Take it at a lower resolution.",
  payload_too_large: "What you entered is too long. Shorten it.",
  idempotency_key_reused: "These photos were mixed up with others. Take them again.",
  job_running: "The label is still being read. Wait until it is finished.",
  photo_missing: "Not every photo arrived. Take them again.",
  medication_reviewed: "Somebody has already checked this medicine. Remove it first to read it afresh.",
  edit_conflict: "Somebody changed this in the meantime. This is how it is now: look, and try again.",
  canary_failed: "Uploads do not work at the moment. Try again in a minute.",
  unavailable: "The service is not answering. Try again in a few seconds.",
  internal_error: "Something went wrong on our side. Try again.",
  upload_expired: "A photo never arrived. Send the photos again.",
  image_too_large: "The photo has too many pixels. Take it at a lower resolution.",
  image_damaged: "The photo is damaged. Take it again.",
  checksum_mismatch: "A photo changed on its way. Send the photos again.",
  batch_not_found: "This batch is no longer kept. Go back to the list: batches are kept for 30 days.",
  sheet_not_found: "There is no such sheet in this batch. Go back to its list.",
  batch_too_large: "The file is larger than 64 GB. Split it and hand in the parts.",
  chunk_out_of_range: "This is not the file that the upload was begun with. Choose that one.",
  chunks_missing: "A part of the file is missing. Choose the file again to send the rest.",
  batch_not_uploading: "This upload has ended already. Look at the batch to see how it stands.",
  batch_running: "The batch is still being read. Wait until it is finished.",
  batch_not_retryable: "There is nothing here to read again. Hand the file in again.",
  results_not_ready: "The results are not written yet. Try again when the batch is finished.",
  attempts_exhausted: "The label could not be read after several tries. Read it again, or take a new photo.",
};

/** What may make a photo read badly, and what to do; in the reader's own words (core/reading/quality). */
const quality: Record<QualityIssue["issue"], string> = {
  no_text: "No text was found. Point the camera at the label and take the photo again.",
  blurred: "The text is blurred. Hold the tablet still, wait until it has focused, and take the photo again.",
  glare: "A bright reflection covers text. Tilt the label or the tablet away from the light.",
  cut_off: "The label runs out of the photo. Step back until all of it is in the frame.",
  too_small: "The text is too small. Move closer until the label fills the frame.",
  too_dark: "The photo is too dark. Turn on a light or the tablet's lamp.",
};

export const strings = {
  product: "rxscan",
  menu: "Main",
  scan: "Scan",
  medications: "Medicines",
  batches: "Batches",
  signOut: "Sign out",
  skip: "Skip to the content",
  loading: "Loading …",
  cancel: "Cancel",
  tryAgain: "Try again",
  offline: "No connection. Photos you take are kept on this tablet and sent when it is back.",

  session: {
    ended: "Your session has ended",
    keptPhotos: "Sign in again to go on. Photos that were not sent yet are kept.",
    signIn: "Sign in",
    signedOut: "You are signed out",
    nothingKept: "Nothing of what you did is left on this tablet.",
    leaveTitle: "Sign out now?",
    unsent: (count: number) =>
      count === 1
        ? "The photos of one label have not arrived yet. Signing out removes them from this tablet."
        : `The photos of ${count} labels have not arrived yet. Signing out removes them from this tablet.`,
    unsentUploads:
      "A file has not arrived yet. What has arrived is kept: sign in again and choose the same file to go on.",
    noConnection: "There is no connection",
    whenItIsBack: "Nobody is signed in on this tablet. You can sign in as soon as the connection is back.",
    couldNotSignIn: "Signing in did not work. Try again.",
  },

  take: {
    title: "Photograph a label",
    how: "Fill the frame with the label. A round bottle takes two or three photos: turn it a little for each.",
    camera: "Open the camera",
    files: "Choose photos",
    another: "Add a photo of the same label",
    read: "Read this label",
    photo: (number: number) => `Photo ${number}`,
    advice: (number: number, advice: string) => `Photo ${number}: ${advice}`,
    remove: (number: number) => `Remove photo ${number}`,
    tooMany: (most: number) => `One label can have ${most} photos at most. The others were left out.`,
    wrongType: "One file is not a photo and was left out. Choose JPEG, PNG, WebP or TIFF.",
    tooLarge: "One photo is larger than 20 MB and was left out. Take it at a lower resolution.",
    empty: "One file is empty and was left out.",
    open: "Not finished yet",
  },

  camera: {
    title: "Camera",
    aim: "Hold the label inside the frame",
    shoot: "Take the photo",
    lastOne: (advice: string) => `The last photo: ${advice}`,
    done: (count: number) => (count === 1 ? "Done, 1 photo" : `Done, ${count} photos`),
    starting: "Starting the camera …",
    refused: "The camera cannot be used here. Allow it in the browser's settings, or choose photos instead.",
    taken: (count: number) => (count === 1 ? "1 photo taken" : `${count} photos taken`),
  },

  progress: {
    title: "Reading the label",
    waitingForNetwork:
      "Waiting for the network. The photos are kept on this tablet and sent when it is back.",
    preparing: "Preparing the photos",
    sending: "Sending the photos",
    queued: "The photos have arrived. Waiting for a reader",
    reading: "Reading",
    slow: "This takes longer than usual. It goes on; you can scan the next label meanwhile.",
    done: "Read",
    failed: "This label was not read",
    readAgain: "Read it again",
    sendAgain: "Send the photos again",
    takeAgain: "Take new photos",
    next: "Scan the next label",
    gone: "This scan is finished or was removed.",
  },

  medication: {
    unnamed: "No medicine found",
    unnamedAdvice: "No medicine could be read on this photo. Take it again, or enter what the label says.",
    notFound: "not found on the label",
    sure: (confidence: number) => `${Math.floor(confidence * 100)} % sure`,
    nowhere: "has no single place on the photo",
    entered: "entered by hand",
    photo: "Photo of the label",
    photoGone: "The photo is no longer kept. Photos are kept for 30 days.",
    showsField: (field: string) => `The photo, with the place of ${field} lit`,
    closeUp: (field: string) => `Close-up of ${field} on the label`,
    ofSeveral: (number: number, count: number) => `Medicine ${number} of ${count} on this label`,
    several: "Medicines on this label",
    show: (field: string) => `Show ${field} on the photo`,
    /** Not "correct", which beside a value says that it is right. */
    correct: "Change",
    correctField: (field: string) => `Change ${field}`,
    save: "Save",
    raw: (text: string) => `Read as “${text}”`,
    readings: "Read as",
    doubts: (count: number) => (count === 1 ? "1 thing to check" : `${count} things to check`),
    checked: "I have checked this against the label",
    confirm: "Confirm: it is as the label says",
    confirmHint: (count: number) =>
      count === 1 ? "Check the one thing above first." : `Check the ${count} things above first.`,
    confirmed: "Confirmed",
    unconfirmed: "Not confirmed yet",
    needsReview: "Needs a look",
    corrected: (field: string) => `${field} is corrected.`,
    nowConfirmed: "Confirmed. It is in your list of medicines.",
    quality: "About the photo",
    remove: "Remove this medicine",
    removeTitle: "Remove this medicine?",
    removeText: "It disappears from your list. The scan and its photos stay until their 30 days are over.",
    notANumber: "Enter a number, such as 30, or leave it empty.",
    notWhole: "Enter a whole number, such as 2, or leave it empty.",
  },

  list: {
    title: "Medicines",
    empty: "No medicines yet. Scan a label, and it appears here.",
    more: "Show more",
  },

  fields,
  problems,
  quality,
  uploadRefused: "The photos could not be stored. Send them again, and tell whoever looks after the tablets.",
  noConnection: "There is no connection. Try again when it is back.",
  unexpected: "Something went wrong on this page. Try again, or load it again.",
};
