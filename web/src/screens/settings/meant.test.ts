import { expect, it } from "vitest";
import { meantBy } from "./meant";

it("a number is a fact, and an address or an id an asset", () => {
  const asset = "0199a1b2-0000-7000-8000-00000000abcd";
  expect(meantBy(" 48213 ")).toEqual({ fact: 48213 });
  expect(meantBy("48,213")).toEqual({ fact: 48213 });
  expect(meantBy("48\u202f213")).toEqual({ fact: 48213 });
  expect(meantBy(asset)).toEqual({ asset });
  expect(meantBy(`https://dam.example.org/assets/${asset.toUpperCase()}?q=x`)).toEqual({ asset });
  for (const none of ["", "0", "-3", "harbour", "12x", "1".repeat(16)])
    expect(meantBy(none), none).toBeNull();
});
