// Codes come in steps: those of a sample first, then all; and others, when the weights are others.

import * as api from "./api.js";
import { $, pause, show } from "./dom.js";

export class Loading {
	constructor(app, take) {
		this.app = app;
		this.take = take; // is called with codes
	}

	/** start fetches codes along axes() until all are there, and returns whether they are. A newer call ends it. */
	async start(axes) {
		const run = this.run = {};
		for (let revision = 0; ;) {
			let codes = null;
			let fault = null;
			try {
				codes = await api.codes(revision, axes());
			} catch (e) {
				fault = e;
			}
			if (this.run !== run) return false;
			if (fault) {
				if (fault.status === 409) return this.without(fault.message);
				show($("plane-message"), fault.message);
				if (fault.status !== 0 && fault.status !== 503) return false;
				await pause(2000);
				if (this.run !== run) return false;
				revision = 0; // a server that is started again counts anew
			} else if (codes === null) {
				if (this.app.model.codes.revision < revision) revision = 0;
			} else {
				revision = codes.revision;
				await this.take(codes);
				if (codes.complete) return true;
			}
		}
	}

	/** without says why there are no codes. */
	without(reason) {
		show($("plane-message"), reason ?? "This model has no codes to show.", "note");
		$("plane-count").textContent = "No codes";
		return false;
	}
}
