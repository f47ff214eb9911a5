/** A function that does nothing: what calling any function costs here. */
export const handler = async (): Promise<{ statusCode: number }> => ({ statusCode: 200 });
