// The colours of classes: those of the program's figures on paper, and lighter ones for dark screens.

const light = ["#0573e2", "#9e7c00", "#15644b", "#1fafad", "#ff4695", "#93cd03", "#73477b", "#9d3307", "#a58bea", "#e58b6c"];
const dark = ["#5aa9ff", "#d9b02f", "#2fa57b", "#4fe0dc", "#ff6aae", "#aee62a", "#b478c0", "#e86a35", "#cfc0ff", "#f7bda8"];

const query = matchMedia("(prefers-color-scheme: dark)");

export function isDark() {
	const chosen = document.documentElement.dataset.theme;
	return chosen ? chosen === "dark" : query.matches;
}

/** onTheme calls back when the colours of the page change. */
export function onTheme(call) {
	query.addEventListener("change", call);
	new MutationObserver(call).observe(document.documentElement, { attributeFilter: ["data-theme"] });
}

/** colour returns the colour of class i of n as [red, green, blue], 0 to 255. -1 is no class. */
export function colour(i, n = 10) {
	const table = isDark() ? dark : light;
	if (i < 0) return isDark() ? [150, 158, 165] : [92, 98, 105];
	if (n <= table.length) return hex(table[i]);
	const hue = (i * 137.508) % 360; // the golden angle keeps neighbours apart
	return hsl(hue, i % 2 ? 0.55 : 0.75, isDark() ? 0.66 : 0.42);
}

export const css = ([r, g, b]) => `rgb(${r} ${g} ${b})`;

const hex = text => [1, 3, 5].map(i => parseInt(text.slice(i, i + 2), 16));

function hsl(hue, saturation, lightness) {
	const a = saturation * Math.min(lightness, 1 - lightness);
	return [0, 8, 4].map(n => {
		const k = (n + hue / 30) % 12;
		return Math.round(255 * (lightness - a * Math.max(-1, Math.min(k - 3, 9 - k, 1))));
	});
}
