import { beforeAll, describe, expect, it } from 'vitest';
import { PORTRAIT_LIMITS, PortraitError } from '../../protocol/portraits.ts';
import { astronautFile, drawn, pngBomb, turnedFace, withExif } from '../testing/pictures.ts';
import { warmDetector } from './detect.ts';
import { frame, SQUARE } from './frame.ts';

beforeAll(warmDetector, 30_000);

const refusal = async (file: Uint8Array): Promise<PortraitError> => {
  const error = await frame(file).catch(problem => problem);
  expect(error).toBeInstanceOf(PortraitError);
  return error;
};
const code = async (file: Uint8Array) => (await refusal(file)).code;

describe('a good picture', () => {
  it('becomes a square with the face level in its middle, hairline to chin 45 % of it', async () => {
    const { picture, face } = await frame(await astronautFile());
    expect([picture.width, picture.height, picture.data.length]).toEqual([SQUARE, SQUARE, SQUARE * SQUARE * 4]);
    expect(face.points).toHaveLength(478);
    expect(face.height / SQUARE).toBeCloseTo(0.45, 1);
    const { box, irises, rotation } = face;
    expect(Math.abs(box.x + box.width / 2 - SQUARE / 2)).toBeLessThan(15);
    expect(Math.abs(box.y + box.height / 2 - SQUARE / 2)).toBeLessThan(15);
    expect(irises.left.x).toBeLessThan(irises.right.x);
    expect(Math.abs(irises.left.y - irises.right.y)).toBeLessThan(8);
    for (const angle of Object.values(rotation)) expect(Math.abs(angle)).toBeLessThan(0.15);
    expect(face.emotion?.name).toBe('happy');
  });

  it('has its irises where it is dark, with white beside them', async () => {
    const { picture, face } = await frame(await astronautFile());
    const luma = (x: number, y: number) => {
      const at = (Math.round(y) * picture.width + Math.round(x)) * 4;
      return picture.data[at]! + picture.data[at + 1]! + picture.data[at + 2]!;
    };
    for (const { x, y, radius } of Object.values(face.irises)) {
      expect(radius).toBeGreaterThan(8);
      expect(luma(x, y)).toBeLessThan(Math.min(luma(x - radius * 1.7, y), luma(x + radius * 1.7, y)));
    }
  });

  it('may lie tilted, and is set upright', async () => {
    const tilted = await drawn(700, 700, (context, image) => {
      context.translate(350, 350);
      context.rotate(0.4);
      context.drawImage(image, -256, -256);
    });
    const { face } = await frame(tilted);
    expect(Math.abs(face.rotation.roll)).toBeLessThan(0.1);
    expect(Math.abs(face.irises.left.y - face.irises.right.y)).toBeLessThan(15);
  });

  it('is turned as the camera says', async () => {
    // Stored lying on its side, with the note that it has to be turned by a quarter.
    const lying = await drawn(512, 512, (context, image) => {
      context.translate(0, 512);
      context.rotate(-Math.PI / 2);
      context.drawImage(image, 0, 0);
    });
    const { face } = await frame(withExif(lying, 6));
    expect(Math.abs(face.rotation.roll)).toBeLessThan(0.1);
    expect(face.emotion?.name).toBe('happy');
  });

  it.each(['png', 'webp'] as const)('may be a %s', async format => {
    const { face } = await frame(await drawn(512, 512, (context, image) => context.drawImage(image, 0, 0), format));
    expect(face.score).toBeGreaterThan(0.9);
  });

  it.each([90, 180, 270, 135, 200])('is turned by itself where no camera says how: %i degrees', async degrees => {
    const turned = await drawn(720, 720, (context, image) => {
      context.translate(360, 360);
      context.rotate((degrees * Math.PI) / 180);
      context.drawImage(image, -360, -360, 720, 720);
    });
    const { face, picture } = await frame(turned);
    expect(Math.abs(face.rotation.roll)).toBeLessThan(0.1);
    expect(face.emotion?.name).toBe('happy');
    expect(Math.abs(face.box.x + face.box.width / 2 - picture.width / 2)).toBeLessThan(20);
  });

  it('may lack nothing but its end', async () => {
    const file = await astronautFile();
    const { face } = await frame(file.subarray(0, file.length - 2));
    expect(face.score).toBeGreaterThan(0.9);
  });

  it('may show somebody small in the background', async () => {
    const passerBy = await drawn(1024, 1024, (context, image) => {
      context.drawImage(image, 0, 0, 1024, 1024);
      context.drawImage(image, 150, 40, 150, 170, 800, 60, 150, 170);
    });
    const { face } = await frame(passerBy);
    expect(face.emotion?.name).toBe('happy');
  });

  it('goes on with the colours of its edge where the photo ends', async () => {
    const face = { x: 140, y: 30, width: 180, height: 180 };
    const tight = await drawn(face.width, face.height, (context, image) =>
      context.drawImage(image, face.x, face.y, face.width, face.height, 0, 0, face.width, face.height),
    );
    const { picture } = await frame(tight);
    const at = (x: number, y: number) => [...picture.data.subarray((y * SQUARE + x) * 4, (y * SQUARE + x) * 4 + 3)];
    // The studio wall is light, her suit is dark.
    for (const [x, y] of [
      [4, 4],
      [SQUARE - 5, 4],
    ] as const)
      expect(Math.min(...at(x, y))).toBeGreaterThan(120);
    expect(Math.max(...at(SQUARE / 2, SQUARE - 5))).toBeLessThan(120);
    expect(picture.data.every((value, i) => i % 4 !== 3 || value === 255)).toBe(true);
  });
});

describe('a picture that will not do', () => {
  it('without a face is told so', async () => {
    const landscape = await drawn(800, 600, context => {
      const sky = context.createLinearGradient(0, 0, 0, 400);
      sky.addColorStop(0, '#4a7fc1');
      sky.addColorStop(1, '#d9e6f2');
      context.fillStyle = sky;
      context.fillRect(0, 0, 800, 400);
      context.fillStyle = '#3d6b35';
      for (let x = -100; x < 900; x += 130) {
        context.beginPath();
        context.arc(x, 520, 190, Math.PI, 0);
        context.fill();
      }
    });
    expect(await refusal(landscape)).toMatchObject({ code: 'no-face', message: expect.stringMatching(/face/) });
  });

  it('with two faces side by side says how many', async () => {
    const pair = await drawn(600, 512, (context, image) => {
      context.drawImage(image, 80, 0, 300, 512, 0, 0, 300, 512);
      context.drawImage(image, 80, 0, 300, 512, 300, 0, 300, 512);
    });
    expect(await refusal(pair)).toMatchObject({ code: 'several-faces', message: expect.stringContaining('2 faces') });
  });

  it('with a face too small says how small, and what is needed', async () => {
    // The face is 103 pixels high in the original.
    const small = await drawn(640, 480, (context, image) => context.drawImage(image, 250, 150, 150, 150));
    const { code, message } = await refusal(small);
    expect(code).toBe('face-too-small');
    const [measured, needed] = (message.match(/\d+/g) ?? []).map(Number);
    expect(measured).toBeGreaterThan(20);
    expect(measured).toBeLessThan(40);
    expect(needed).toBe(PORTRAIT_LIMITS.faceHeightPixels);
  });

  it('with a face turned away is told to look ahead; one that looks aside a little will do', async () => {
    expect(await code(await turnedFace(0.75))).toBe('face-turned-away');
    expect(await code(await turnedFace(-0.75))).toBe('face-turned-away');
    const { face } = await frame(await turnedFace(0.25));
    expect(face.rotation.yaw).toBeGreaterThan(0.08);
  });

  it.each([
    ['half of the face', { x: 222, y: 30, width: 200, height: 250 }],
    ['no chin', { x: 120, y: 0, width: 220, height: 150 }],
    ['no forehead', { x: 120, y: 88, width: 220, height: 250 }],
  ])('that shows %s is told that the face is cut off', async (_, part) => {
    const cut = await drawn(part.width * 2, part.height * 2, (context, image) =>
      context.drawImage(image, part.x, part.y, part.width, part.height, 0, 0, part.width * 2, part.height * 2),
    );
    expect(await refusal(cut)).toMatchObject({ code: 'face-cut-off', message: expect.stringMatching(/edge/) });
  });

  it('that is text under another name is no picture', async () => {
    expect(await code(Buffer.from('this is not a picture at all'))).toBe('not-an-image');
    expect(await code(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'))).toBe('not-an-image');
    expect(await code(Buffer.from('GIF89a\x01\0\x01\0'))).toBe('not-an-image');
    expect(await code(Buffer.alloc(0))).toBe('not-an-image');
  });

  it('that was cut off is damaged, wherever it was cut', async () => {
    for (const format of ['jpeg', 'png', 'webp'] as const) {
      const file = await drawn(512, 512, (context, image) => context.drawImage(image, 0, 0), format);
      for (const share of [0.001, 0.3, 0.9, 0.99]) {
        const cut = file.subarray(0, Math.max(12, Math.floor(file.length * share)));
        expect(['broken-image', 'not-an-image'], `${format} ${share}`).toContain(await code(cut));
      }
    }
  });

  it('that is damaged inside is refused or still shows the face, but never ends the process', async () => {
    const file = await drawn(512, 512, (context, image) => context.drawImage(image, 0, 0), 'png');
    const damaged = Buffer.from(file);
    damaged.fill(0xaa, 2000, 3000);
    await frame(damaged).catch(error => expect(error).toBeInstanceOf(PortraitError));
  });

  it('that would unpack to a gigabyte is refused before it is unpacked', async () => {
    const bomb = pngBomb(30_000, 30_000);
    expect(bomb.length).toBeLessThan(200_000);
    expect(await refusal(bomb)).toMatchObject({
      code: 'too-many-pixels',
      message: expect.stringContaining('30000 x 30000'),
    });
  });

  it('that is too large a file is refused by its length alone', async () => {
    expect(await code(Buffer.alloc(PORTRAIT_LIMITS.uploadBytes + 1))).toBe('file-too-large');
  });
});
