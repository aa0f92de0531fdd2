/** The words in use. One language for now; the catalogue is chosen here and nowhere else. */
import { en, type Words } from "./en";

export const words: Words = en;
