// Decodes codes in the browser: every number of a code has a slider, and the decoder of model/decoder.onnx makes the
// image, on the processor of whoever looks at the page.
import * as ort from "./node_modules/onnxruntime-web/dist/ort.wasm.bundle.min.mjs";

// The library fetches its WebAssembly from here, too. Threads would need two headers that static servers do not send.
ort.env.wasm.wasmPaths = new URL("./node_modules/onnxruntime-web/dist/", import.meta.url).href;
ort.env.wasm.numThreads = 1;

const FIRST = 32; // sliders that are shown at once

const element = id => document.getElementById(id);
const sliders = element("sliders"), range = element("range"), canvas = element("image");

// decoder is the session with the shapes of a code and of an image, without the batch axis.
async function open(url) {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url} is not there (${answer.status}): gorgonae export RUN --format onnx writes it, see README.md`);
  const session = await ort.InferenceSession.create(await answer.arrayBuffer(), { executionProviders: ["wasm"] });
  const code = session.inputMetadata[0].shape.slice(1), image = session.outputMetadata[0].shape.slice(1);
  if (image.length !== 3) throw new Error(`${url}: want a decoder of images (channels, height, width), got outputs of shape (${image})`);
  return { session, code, image };
}

// decode returns the numbers of the image, (channels, height, width), from 0 to 1.
async function decode(decoder, code) {
  const { session } = decoder;
  const input = new ort.Tensor("float32", code, [1, ...decoder.code]);
  const made = await session.run({ [session.inputNames[0]]: input });
  return made[session.outputNames[0]].data;
}

// draw draws an image with 1 or 3 channels.
function draw([channels, height, width], numbers) {
  canvas.width = width;
  canvas.height = height;
  const picture = new ImageData(width, height), size = height * width;
  for (let i = 0; i < size; i++) {
    for (let c = 0; c < 3; c++) {
      picture.data[4 * i + c] = 255 * numbers[i + size * Math.min(c, channels - 1)]; // it rounds and clamps
    }
    picture.data[4 * i + 3] = 255;
  }
  canvas.getContext("2d").putImageData(picture, 0, 0);
}

// page returns the functions that show codes of a decoder.
function page(decoder) {
  const code = new Float32Array(decoder.code.reduce((a, b) => a * b, 1));
  let busy = false, again = false;

  // show decodes the present code. While it does, further changes are decoded once, at the end.
  async function show() {
    again = true;
    if (busy) return;
    busy = true;
    while (again) {
      again = false;
      const start = performance.now();
      const numbers = await decode(decoder, code.slice());
      element("time").textContent = `decoded in ${(performance.now() - start).toFixed(1)} ms`;
      draw(decoder.image, numbers);
    }
    busy = false;
  }

  // add adds sliders until there are n.
  function add(n) {
    for (let i = sliders.children.length; i < Math.min(n, code.length); i++) {
      const label = document.createElement("label"), slider = document.createElement("input"), value = document.createElement("output");
      slider.type = "range";
      slider.step = "any";
      slider.addEventListener("input", () => {
        code[i] = slider.valueAsNumber;
        value.textContent = code[i].toFixed(2);
        show();
      });
      label.append(String(i + 1), slider, value);
      sliders.append(label);
    }
    element("more").hidden = sliders.children.length === code.length;
    move();
  }

  // move sets the sliders to the code.
  function move() {
    const limit = Math.abs(range.valueAsNumber) || 1;
    [...sliders.children].forEach((label, i) => {
      const slider = label.querySelector("input");
      slider.min = -limit;
      slider.max = limit;
      slider.value = code[i];
      label.querySelector("output").textContent = code[i].toFixed(2);
    });
  }

  function set(number) {
    code.forEach((_, i) => { code[i] = number(); });
    move();
    show();
  }

  element("more").addEventListener("click", () => add(sliders.children.length + FIRST));
  element("random").addEventListener("click", () => set(() => (Math.random() + Math.random() - 1) * (Math.abs(range.valueAsNumber) || 1)));
  element("zero").addEventListener("click", () => set(() => 0));
  range.addEventListener("change", move);
  add(FIRST);
  return show();
}

try {
  const decoder = await open("model/decoder.onnx");
  const [channels, height, width] = decoder.image;
  element("view").hidden = false;
  await page(decoder);
  element("about").textContent = `Codes of ${decoder.code.join(" × ")} numbers become images of ${height} × ${width} pixels, ${channels === 1 ? "grey" : "in colour"}.`;
} catch (error) {
  element("about").textContent = error.message;
  console.error(error);
}
