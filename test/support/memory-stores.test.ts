import { memoryJobs, memoryMedications, memoryPhotos } from "./memory-stores.ts";
import { photoStoreKeepsItsPromises } from "./photos-contract.ts";
import { storesKeepTheirPromises } from "./stores-contract.ts";

storesKeepTheirPromises("memory", async () => ({ jobs: memoryJobs(), medications: memoryMedications() }));
photoStoreKeepsItsPromises("memory", async () => ({ photos: memoryPhotos() }));
