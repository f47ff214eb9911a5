/** What the CDK app gives a deployed function. Import it before any handler: they read it when they are loaded. */
Object.assign(process.env, {
  AWS_REGION: "us-east-1",
  AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
  AWS_SECRET_ACCESS_KEY: "secret",
  JOB_TABLE: "Jobs",
  MEDICATION_TABLE: "Medications",
  PHOTO_BUCKET: "photos",
  SCANS_QUEUE_URL: "https://sqs.us-east-1.amazonaws.com/123456789012/scans",
  BATCH_TABLE: "Batches",
  SHEET_TABLE: "Sheets",
  SHEET_RESULT_TABLE: "SheetResults",
  BATCHES_QUEUE_URL: "https://sqs.us-east-1.amazonaws.com/123456789012/batches",
  SHEETS_QUEUE_URL: "https://sqs.us-east-1.amazonaws.com/123456789012/sheets",
  EXPAND_LEASE_SECONDS: "310",
  READ_LEASE_SECONDS: "70",
  UPLOAD_URL_SECONDS: "900",
  LOG_LEVEL: "DEBUG",
});
