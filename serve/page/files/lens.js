// The card beside the probe: the image there, and what the decoder makes of the place.

import * as api from "./api.js";
import { $, fixed, later, latest, num, psnr, show, whole } from "./dom.js";
import { blank, fromURL, paint } from "./pictures.js";

export class Lens {
	constructor(plane) {
		this.plane = plane;
		this.card = $("lens");
		this.held = null; // the answer about an image that is held
		this.fetch = latest(() => this.refresh());
		this.say = later(450, text => $("plane-live").textContent = text);
	}

	/** update follows the probe at once; the pictures come as fast as the server makes them. */
	update() {
		if (!this.plane.touched) return;
		this.card.hidden = false;
		this.follow();
		this.caption();
		this.fetch();
	}

	/** follow puts the card where it hides neither probe nor border. */
	follow() {
		if (this.card.hidden || !this.plane.points) return;
		const { view } = this.plane;
		const [x, y] = view.toScreen(...this.plane.spot());
		const w = this.card.offsetWidth;
		const h = this.card.offsetHeight;
		let left = x + 22;
		let top = y + 22;
		if (view.width < 500) { // no room beside the probe: the other half of the plane
			left = 8;
			top = y > view.height / 2 ? 34 : view.height - h - 8;
		} else {
			if (left + w > view.width - 56) left = x - 22 - w;
			if (top + h > view.height - 8) top = y - 22 - h;
		}
		left = Math.max(8, Math.min(left, view.width - w - 8));
		top = Math.max(8, Math.min(top, view.height - h - 8));
		this.card.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
	}

	caption() {
		const { plane } = this;
		const shown = plane.shownAxes(plane.place).map(v => fixed(v, 2)).join(", ");
		let image = "no image near";
		if (plane.near >= 0) {
			const label = plane.points.labels ? `${plane.legend.name(plane.points.labels[plane.near])} · ` : "";
			image = `${label}no. ${whole(plane.points.images[plane.near])}`;
		}
		$("lens-image-name").textContent = image;
		$("lens-place").textContent = `at ${shown}`;
		if (!this.held) $("lens-error").textContent = "";
		this.say(`${image}, at ${shown}`);
	}

	/** refresh asks for both pictures of where the probe is now. */
	async refresh() {
		const { plane } = this;
		const image = plane.nearImage();
		const held = this.held;
		try {
			const [near, decoded] = await Promise.all([
				image === null ? null : plane.picture(image),
				held ? fromURL(held.reconstruction) : api.decode(plane.place),
			]);
			if (near) paint($("lens-image"), near);
			else blank($("lens-image"));
			if (held === this.held) paint($("lens-decoded"), decoded);
			show($("lens-message"), "");
		} catch (e) {
			show($("lens-message"), e.message);
		}
	}

	/** hold shows an image with its reconstruction and errors, and takes the probe to its code. */
	async hold(image) {
		const asked = this.asked = {};
		try {
			const answer = await api.reconstruction(image);
			if (this.asked !== asked) return; // it was let go, or another is held
			this.held = answer;
			this.plane.lane = this.plane.heightOf(image);
			$("lens-decoded-name").textContent = "reconstruction";
			const bits = answer.codec ? ` · ${num(answer.codec.bits)} bits` : "";
			$("lens-error").textContent = `squared error ${num(answer.squared_error)} · ${psnr(answer.psnr)}${bits}`;
			if (answer.place) this.plane.set(answer.place);
			else this.update();
			this.say(`Held: ${$("lens-image-name").textContent}, ${$("lens-error").textContent}`);
		} catch (e) {
			if (this.asked === asked) show($("lens-message"), e.message);
		}
	}

	release() {
		this.held = this.asked = null;
		$("lens-decoded-name").textContent = "decoder here";
		$("lens-error").textContent = "";
	}
}
