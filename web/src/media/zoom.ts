/** Where a picture lies in its window: the laws of zoom and pan. Scale 1 is one picture pixel to one CSS pixel. */

export interface Size {
  width: number;
  height: number;
}
export interface Place {
  scale: number;
  /** The picture's top left in the window. */
  x: number;
  y: number;
}

/** Zooming stops at 8 screen pixels a picture pixel. */
export const SCALE_MAX = 8;

/** What is left free around a picture that is shown whole: for the arrows beside it and the words below. */
const MARGIN_PX = { x: 56, y: 40 };

/** The scale that shows the whole picture, never larger than life. */
export function fitScale(picture: Size, box: Size): number {
  const room = (length: number, margin: number) => Math.max(1, length - 2 * Math.min(margin, length / 12));
  return Math.min(
    1,
    room(box.width, MARGIN_PX.x) / picture.width,
    room(box.height, MARGIN_PX.y) / picture.height,
  );
}

export function fitted(picture: Size, box: Size): Place {
  return settle({ scale: fitScale(picture, box), x: 0, y: 0 }, picture, box);
}

/** Keeps a picture that is smaller than the window in its middle, and a larger one covering it. */
export function settle({ scale, x, y }: Place, picture: Size, box: Size): Place {
  const along = (at: number, length: number, room: number) =>
    length <= room ? (room - length) / 2 : Math.min(0, Math.max(room - length, at));
  return {
    scale,
    x: along(x, picture.width * scale, box.width),
    y: along(y, picture.height * scale, box.height),
  };
}

/** Zooms by a factor; the point of the picture under `at` stays where it is. */
export function zoomAt(
  place: Place,
  factor: number,
  at: { x: number; y: number },
  picture: Size,
  box: Size,
): Place {
  const least = fitScale(picture, box);
  const scale = Math.min(Math.max(SCALE_MAX, least), Math.max(least, place.scale * factor));
  const grown = scale / place.scale;
  return settle(
    { scale, x: at.x - (at.x - place.x) * grown, y: at.y - (at.y - place.y) * grown },
    picture,
    box,
  );
}
