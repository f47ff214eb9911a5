import { config } from "zod";

// zod would try `new Function` as soon as a schema is made, which the page's own security policy forbids.
config({ jitless: true });
