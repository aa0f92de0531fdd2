import { expect, it } from "vitest";
import { fitScale, fitted, SCALE_MAX, zoomAt } from "./zoom";

const picture = { width: 6000, height: 4000 };
const box = { width: 1000, height: 800 };

it("a picture is shown whole and in the middle, never larger than life", () => {
  const place = fitted(picture, box);
  expect(place.scale * picture.width).toBeLessThanOrEqual(box.width);
  expect(place.x * 2 + place.scale * picture.width).toBeCloseTo(box.width);
  expect(fitScale({ width: 16, height: 16 }, box)).toBe(1);
});

it("zooming keeps the point under the pointer where it is", () => {
  const at = { x: 400, y: 300 };
  const near = zoomAt(zoomAt(fitted(picture, box), 3, at, picture, box), 2, at, picture, box);
  const before = fitted(picture, box);
  const point = (at.x - before.x) / before.scale;
  expect((at.x - near.x) / near.scale).toBeCloseTo(point, 3);
});

it("zooming stops at both ends", () => {
  const centre = { x: 500, y: 400 };
  expect(zoomAt(fitted(picture, box), 1e6, centre, picture, box).scale).toBe(SCALE_MAX);
  expect(zoomAt(fitted(picture, box), 1e-6, centre, picture, box)).toEqual(fitted(picture, box));
});
