// Pointer, wheel and keys on the plane.

const still = 5; // pixels that a press may move and still be a click

/**
 * gestures tells what the user does on an element, in its pixels:
 * hover(x, y), pick(x, y), pan(dx, dy, touch), zoom(factor, x, y), moving(true or false).
 */
export function gestures(element, on) {
	const pointers = new Map();
	let moved = 0;
	const at = e => {
		const box = element.getBoundingClientRect();
		return [e.clientX - box.left, e.clientY - box.top];
	};
	element.addEventListener("pointerdown", e => {
		if (e.button > 0) return;
		element.setPointerCapture(e.pointerId);
		pointers.set(e.pointerId, at(e));
		if (pointers.size === 1) moved = 0;
		else moved = Infinity; // two fingers are no click
	});
	element.addEventListener("pointermove", e => {
		const [x, y] = at(e);
		const before = pointers.get(e.pointerId);
		if (!before) {
			if (e.pointerType !== "touch") on.hover(x, y);
			return;
		}
		const dx = x - before[0];
		const dy = y - before[1];
		if (pointers.size === 1) {
			moved += Math.hypot(dx, dy);
			if (moved <= still) return;
			pointers.set(e.pointerId, [x, y]);
			on.moving(true);
			on.pan(dx, dy, e.pointerType === "touch");
			return;
		}
		const [other] = [...pointers].filter(([id]) => id !== e.pointerId).map(([, place]) => place);
		const wide = Math.hypot(before[0] - other[0], before[1] - other[1]);
		const now = Math.hypot(x - other[0], y - other[1]);
		pointers.set(e.pointerId, [x, y]);
		on.moving(true);
		on.pan(dx / 2, dy / 2, true);
		if (wide > 0 && now > 0) on.zoom(now / wide, (x + other[0]) / 2, (y + other[1]) / 2);
	});
	const up = e => {
		if (!pointers.delete(e.pointerId)) return;
		if (e.type === "pointerup" && moved <= still) on.pick(...at(e));
		if (pointers.size === 0) on.moving(false);
	};
	element.addEventListener("pointerup", up);
	element.addEventListener("pointercancel", up);
	element.addEventListener("lostpointercapture", up); // a menu or a dialog has taken the pointer
	element.addEventListener("wheel", e => {
		e.preventDefault();
		const lines = e.deltaMode === 1 ? 16 : e.deltaMode === 2 ? 400 : 1;
		const strength = e.ctrlKey ? 0.01 : 0.0016; // a pinch on a touch pad comes as a wheel with Ctrl, in small steps
		on.zoom(Math.exp(-Math.max(-300, Math.min(300, e.deltaY * lines)) * strength), ...at(e));
	}, { passive: false });
}

/** keys calls on.move(dx, dy) for arrows, on.pan(dx, dy) for arrows with Shift, on.zoom(factor), and on[KEY]() for other keys. */
export function keys(element, on) {
	const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
	element.addEventListener("keydown", e => {
		if (e.ctrlKey || e.metaKey || e.altKey) return;
		const arrow = arrows[e.key];
		const key = on[e.key] ? e.key : e.key.toLowerCase(); // Caps Lock
		if (arrow) (e.shiftKey ? on.pan : on.move)(...arrow);
		else if (e.key === "+" || e.key === "=") on.zoom(1.3);
		else if (e.key === "-" || e.key === "_") on.zoom(1 / 1.3);
		else if (on[key]) on[key]();
		else return;
		e.preventDefault();
	});
}
