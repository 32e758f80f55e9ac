// Draws the points with WebGL: one buffer, one call a frame.

const vertex = `
attribute vec2 position;
attribute vec4 colour;
uniform vec2 scale, middle;
uniform float size;
varying vec4 shade;
varying float wide;
void main() {
	wide = size;
	gl_Position = colour.a == 0.0 ? vec4(2.0, 2.0, 2.0, 1.0) : vec4((position - middle) * scale, 0.0, 1.0);
	gl_PointSize = size + 1.0;
	shade = colour;
}`;

const fragment = `
precision mediump float;
varying vec4 shade;
varying float wide;
void main() {
	float inside = clamp(0.5 * wide - length(gl_PointCoord - 0.5) * (wide + 1.0) + 0.5, 0.0, 1.0);
	gl_FragColor = vec4(shade.rgb, 1.0) * shade.a * inside;
}`;

const slow = /swiftshader|llvmpipe|softpipe|software|basic render/i; // WebGL that a processor computes

/** Points by WebGL. */
export class GLPoints {
	/** make returns null where there is no WebGL, or, unless it is forced, where no graphics processor computes it: a canvas is faster there. */
	static make(forced) {
		const canvas = document.createElement("canvas");
		const gl = canvas.getContext("webgl", { antialias: false, depth: false, premultipliedAlpha: true, powerPreference: "high-performance",
			failIfMajorPerformanceCaveat: !forced });
		if (!gl) return null;
		if (!forced && slow.test(renderer(gl))) {
			gl.getExtension("WEBGL_lose_context")?.loseContext();
			return null;
		}
		try {
			return new GLPoints(canvas, gl);
		} catch {
			return null; // a driver that does not compile: the other way draws as well
		}
	}

	constructor(canvas, gl) {
		this.name = "WebGL";
		this.canvas = canvas;
		this.gl = gl;
		const program = gl.createProgram();
		for (const [kind, source] of [[gl.VERTEX_SHADER, vertex], [gl.FRAGMENT_SHADER, fragment]]) {
			const shader = gl.createShader(kind);
			gl.shaderSource(shader, source);
			gl.compileShader(shader);
			gl.attachShader(program, shader);
		}
		gl.linkProgram(program);
		if (!gl.getProgramParameter(program, gl.LINK_STATUS)) throw new Error(gl.getProgramInfoLog(program));
		gl.useProgram(program);
		this.uniform = Object.fromEntries(["scale", "middle", "size"].map(name => [name, gl.getUniformLocation(program, name)]));
		this.positions = this.buffer(program, "position", 2, gl.FLOAT, false);
		this.colours = this.buffer(program, "colour", 4, gl.UNSIGNED_BYTE, true);
		gl.enable(gl.BLEND);
		gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
		this.n = 0;
	}

	buffer(program, name, size, type, normalised) {
		const gl = this.gl;
		const buffer = gl.createBuffer();
		gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
		const at = gl.getAttribLocation(program, name);
		gl.enableVertexAttribArray(at);
		gl.vertexAttribPointer(at, size, type, normalised, 0, 0);
		return buffer;
	}

	/** set takes points and the colours of their classes; a class that is hidden has opacity 0. */
	set(points, shades) {
		const gl = this.gl;
		if (points !== this.points) {
			const xy = new Float32Array(2 * points.n);
			points.order.forEach((p, i) => xy.set(points.xy.subarray(2 * p, 2 * p + 2), 2 * i));
			gl.bindBuffer(gl.ARRAY_BUFFER, this.positions);
			gl.bufferData(gl.ARRAY_BUFFER, xy, gl.STATIC_DRAW);
			this.points = points;
			this.n = points.n;
		}
		const colours = new Uint8Array(4 * points.n);
		const words = new Uint32Array(colours.buffer);
		points.order.forEach((p, i) => words[i] = shades(points.labels ? points.labels[p] : -1));
		gl.bindBuffer(gl.ARRAY_BUFFER, this.colours);
		gl.bufferData(gl.ARRAY_BUFFER, colours, gl.STATIC_DRAW);
	}

	draw(view, density) {
		const gl = this.gl;
		const { canvas } = this;
		const w = Math.round(view.width * density);
		const h = Math.round(view.height * density);
		if (canvas.width !== w || canvas.height !== h) {
			canvas.width = w;
			canvas.height = h;
		}
		gl.viewport(0, 0, w, h);
		gl.clearColor(0, 0, 0, 0);
		gl.clear(gl.COLOR_BUFFER_BIT);
		gl.uniform2f(this.uniform.scale, 2 * view.sx / view.width, 2 * view.sy / view.height);
		gl.uniform2f(this.uniform.middle, view.x, view.y);
		gl.uniform1f(this.uniform.size, 2 * view.radius(this.n) * density);
		gl.drawArrays(gl.POINTS, 0, this.n);
	}

	dispose() {
		this.canvas.remove();
		this.gl.getExtension("WEBGL_lose_context")?.loseContext();
	}
}

/** renderer is the name of what draws. Chromium tells it only by an extension, of which other browsers warn. */
function renderer(gl) {
	const name = gl.getParameter(gl.RENDERER);
	const extension = name === "WebKit WebGL" ? gl.getExtension("WEBGL_debug_renderer_info") : null;
	return extension ? gl.getParameter(extension.UNMASKED_RENDERER_WEBGL) : name;
}
