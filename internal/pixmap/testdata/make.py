# Makes the pictures of this folder and pillow.txt, what Pillow shows of them: python make.py FOLDER (Pillow 13.0.0, NumPy 2.4.6,
# tifffile 2026.3.3, imagecodecs 2026.3.6).
import io, struct, sys, zlib
import numpy as np
from PIL import Image, ImageOps
import tifffile, imagecodecs
out = sys.argv[1]
h, w = 6, 8
y, x = np.mgrid[:h, :w]
grey = (x * 30 + y * 7).astype(np.uint8)
rgb = np.dstack([x * 36, y * 50, (x + y) * 18]).astype(np.uint8)
alpha = (255 - x * 30).astype(np.uint8)
def put(name, data):
    open(out + "/" + name, "wb").write(data)
def save(name, im, **k):
    b = io.BytesIO(); im.save(b, **k); put(name, b.getvalue())
G, C = Image.fromarray(grey), Image.fromarray(rgb)
save("grey.png", G, format="PNG"); save("la.png", Image.fromarray(np.dstack([grey, alpha])), format="PNG")
save("rgba.png", Image.fromarray(np.dstack([rgb, alpha])), format="PNG")
save("palette.png", C.quantize(16), format="PNG")
save("bits.png", G.convert("1"), format="PNG")
g = G.copy(); save("trns.png", g, format="PNG", transparency=30)
save("trns-rgb.png", C, format="PNG", transparency=(36, 50, 36))
put("grey16.png", imagecodecs.png_encode((grey.astype(np.uint16) * 200 + 3)))
put("rgba16.png", imagecodecs.png_encode(np.dstack([rgb.astype(np.uint16) * 200 + 3, alpha.astype(np.uint16) * 256 + 9])))
save("cmyk.jpg", C.convert("CMYK"), format="JPEG", quality=95, subsampling=0)
put("ycck.jpg", imagecodecs.jpeg8_encode(np.array(C.convert("CMYK")), level=95, colorspace="CMYK", outcolorspace="YCCK"))
save("colour.gif", C.quantize(16), format="GIF")
save("grey.bmp", G, format="BMP"); save("colour.bmp", C, format="BMP"); save("bits.bmp", G.convert("1"), format="BMP")
save("grey.tif", G, format="TIFF"); save("lzw.tif", C, format="TIFF", compression="tiff_lzw")
for c in ("group3", "group4", "packbits"):
    for p in (0, 1):
        save(f"{c}-{p}.tif", G.convert("1"), format="TIFF", compression=c, tiffinfo={262: p})
b = io.BytesIO(); tifffile.imwrite(b, (grey.astype(np.uint16) * 200 + 3)); put("grey16.tif", b.getvalue())
b = io.BytesIO(); tifffile.imwrite(b, np.dstack([(rgb * (alpha[..., None] / 255) + 0.5).astype(np.uint8), alpha]), photometric="rgb", extrasamples=["assocalpha"]); put("assoc.tif", b.getvalue())
b = io.BytesIO(); tifffile.imwrite(b, np.dstack([rgb, alpha]), photometric="rgb", extrasamples=["unassalpha"]); put("unassoc.tif", b.getvalue())
big = C.resize((17, 13), Image.BICUBIC)
save("lossy.webp", big, format="WEBP", quality=60); save("lossless.webp", C, format="WEBP", lossless=True)
ba = big.convert("RGBA"); ba.putalpha(Image.fromarray(alpha).resize((17, 13))); save("alpha.webp", ba, format="WEBP", quality=70)
put("grey.pgm", b"P5 # made here\n8 6\n255\n" + grey.tobytes())
put("colour.ppm", b"P6\n8 6 255\n" + rgb.tobytes())
put("text.pgm", ("P2\n8 6\n100\n" + " ".join(str(int(v) % 101) for v in grey.ravel())).encode())
put("bits.pbm", b"P4\n8 6\n" + np.packbits(grey < 100, axis=1).tobytes())
put("text.pbm", ("P1\n8 6\n" + "".join(str(int(v < 100)) for v in grey.ravel())).encode())
put("grey16.pgm", b"P5\n8 6\n65535\n" + (grey.astype(np.uint16) * 200 + 3).astype(">u2").tobytes())
put("rgba.pam", b"P7\nWIDTH 8\nHEIGHT 6\nDEPTH 4\nMAXVAL 255\nTUPLTYPE RGB_ALPHA\nENDHDR\n" + np.dstack([rgb, alpha]).tobytes())
# orientations
def exif(o):
    e = Image.Exif(); e[274] = o; return e
for o in range(1, 9):
    save(f"turned{o}.png", C, format="PNG", exif=exif(o))
save("turned6.jpg", C, format="JPEG", quality=95, subsampling=0, exif=exif(6))
# colours at half the resolution, with edges of colour, in odd and in narrow sizes
edges = np.where((np.mgrid[:13, :17].sum(0) // 4 % 2)[..., None], [250, 20, 30], [10, 60, 240]).astype(np.uint8)
for name, size, subsampling in ("420", (13, 17), 2), ("422", (13, 17), 1), ("420-even", (12, 16), 2), ("420-narrow", (9, 4), 2), ("422-line", (1, 17), 1):
    save(f"sub{name}.jpg", Image.fromarray(edges[:size[0], :size[1]]), format="JPEG", quality=95, subsampling=subsampling)
save("turned8.webp", C, format="WEBP", lossless=True, exif=exif(8))
save("turned3.tif", C, format="TIFF", exif=exif(3))
# TIFF: samples beside the colours, a plane for each sample, inks, bits in reverse order
def tiff(name, a, **k):
    b = io.BytesIO(); tifffile.imwrite(b, a, **k); put(name, b.getvalue())
grey16, rgb16, alpha16 = grey.astype(np.uint16) * 200 + 3, rgb.astype(np.uint16) * 200 + 3, alpha.astype(np.uint16) * 256 + 9
tiff("rgbx.tif", np.dstack([rgb, alpha]), photometric="rgb", extrasamples=["unspecified"], compression="lzw", predictor=True)
tiff("rgbax.tif", np.dstack([rgb, alpha, grey]), photometric="rgb", extrasamples=["unassalpha", "unspecified"])
tiff("rgbx16.tif", np.dstack([rgb16, alpha16]), photometric="rgb", extrasamples=["unspecified"], compression="zlib", predictor=True, byteorder=">")
tiff("la.tif", np.dstack([grey, alpha]), photometric="minisblack", planarconfig="contig", extrasamples=["unassalpha"], rowsperstrip=4)
tiff("la-assoc.tif", np.dstack([(grey * (alpha / 255) + 0.5).astype(np.uint8), alpha]), photometric="minisblack", planarconfig="contig", extrasamples=["assocalpha"], compression="packbits")
tiff("lx.tif", np.dstack([grey, alpha]), photometric="minisblack", planarconfig="contig", extrasamples=["unspecified"], compression="zlib")
tiff("la16.tif", np.dstack([grey16, alpha16]), photometric="minisblack", planarconfig="contig", extrasamples=["unassalpha"])
tiff("planar.tif", np.stack([grey, 255 - grey, grey // 2]), photometric="rgb", planarconfig="separate", rowsperstrip=4)
tiff("planar-alpha.tif", np.stack([rgb[..., 0], rgb[..., 1], rgb[..., 2], alpha]), photometric="rgb", planarconfig="separate", extrasamples=["unassalpha"], compression="lzw", predictor=True)
tiff("planar-tiles.tif", np.moveaxis(np.array(C.resize((40, 21), Image.BICUBIC)), 2, 0), photometric="rgb", planarconfig="separate", tile=(16, 16), compression="zlib", predictor=True)
tiff("planar16.tif", np.moveaxis(rgb16, 2, 0), photometric="rgb", planarconfig="separate", byteorder=">")
tiff("cmyk.tif", np.dstack([rgb, grey // 2]), photometric="separated", compression="lzw")
tiff("cmyk-tiles.tif", np.tile(np.dstack([rgb, grey // 2]), (4, 4, 1)), photometric="separated", tile=(16, 16))
tiff("cmyk16.tif", np.dstack([rgb16, grey16 // 2]), photometric="separated")
save("reverse.tif", G, format="TIFF", tiffinfo={266: 2})
# BMP: packed with 8 and with 4 bits a pixel, of 16 bits, with masks
def bmp(name, bits, compression, pixels, palette=b"", masks=b"", height=h, info=40):
    head = struct.pack("<IiiHHIIiiII", info, w, height, 1, bits, compression, len(pixels), 0, 0, len(palette) // 4, 0) + (masks if info == 40 else masks.ljust(info - 40, b"\0"))
    if info == 40 and compression != 3: head = head[:40]
    put(name, b"BM" + struct.pack("<IHHI", 14 + len(head) + len(palette) + len(pixels), 0, 0, 14 + len(head) + len(palette)) + head + palette + pixels)
colours = b"".join(bytes([k * 16, 255 - k * 9, k * k, 0]) for k in range(16))
rle8 = bytes([8, 3, 0, 0, 3, 5, 0, 5, 1, 2, 3, 4, 5, 0, 0, 0, 2, 7, 0, 2, 2, 1, 3, 9, 1, 8, 0, 0, 0, 4, 4, 3, 2, 1, 4, 6, 0, 0, 8, 10, 0, 0, 0, 1])
rle4 = bytes([8, 0x35, 0, 0, 3, 0x57, 0, 4, 0x12, 0x34, 1, 0x90, 0, 0, 2, 0x70, 0, 2, 1, 1, 4, 0x9a, 1, 0x80, 0, 0, 0, 8, 0x43, 0x21, 0xab, 0xcd, 0, 0, 8, 0x66, 0, 0, 0, 1])
bmp("rle8.bmp", 8, 1, rle8, colours); bmp("rle4.bmp", 4, 2, rle4, colours)
p16 = (rgb.astype(np.uint16) >> 3)[::-1]
bmp("555.bmp", 16, 0, (p16[..., 0] << 10 | p16[..., 1] << 5 | p16[..., 2]).astype("<u2").tobytes())
bmp("565.bmp", 16, 3, (p16[..., 0] << 11 | (rgb[::-1, :, 1].astype(np.uint16) >> 2) << 5 | p16[..., 2]).astype("<u2").tobytes(), masks=struct.pack("<III", 0xf800, 0x7e0, 0x1f))
bmp("555-down.bmp", 16, 3, (p16[..., 0] << 10 | p16[..., 1] << 5 | p16[..., 2]).astype("<u2").tobytes(), masks=struct.pack("<III", 0x7c00, 0x3e0, 0x1f), height=-h, info=108)
bmp("masks32.bmp", 32, 3, np.dstack([rgb, alpha])[::-1].tobytes(), masks=struct.pack("<IIII", 0xff, 0xff00, 0xff0000, 0xff000000), info=108)
# a GIF frame that is larger than its canvas
b = io.BytesIO(); C.quantize(16).save(b, format="GIF"); small = bytearray(b.getvalue()); small[6:10] = struct.pack("<HH", 5, 6); put("small-canvas.gif", bytes(small))
# animations whose first frame is as large as the canvas, or lies on it, with and without alpha
def chunk(name, body): return name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)
def u24(v): return struct.pack("<I", v)[:3]
def still(im, **k):
    b = io.BytesIO(); im.save(b, format="WEBP", **k); body = b.getvalue()[12:]; kept = b""
    while body:
        n = struct.unpack("<I", body[4:8])[0]; n += n % 2
        if body[:4] in (b"ALPH", b"VP8 ", b"VP8L"): kept += body[:8 + n]
        body = body[8 + n:]
    return kept
def animation(name, width, height, frames):
    body = chunk(b"VP8X", bytes([0x12, 0, 0, 0]) + u24(width - 1) + u24(height - 1)) + chunk(b"ANIM", bytes([9, 99, 199, 255, 0, 0]))
    for x0, y0, im, k in frames:
        body += chunk(b"ANMF", u24(x0 // 2) + u24(y0 // 2) + u24(im.width - 1) + u24(im.height - 1) + u24(100) + bytes([2]) + still(im, **k))
    put(name, b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WEBP" + body)
animation("moving.webp", 17, 13, [(0, 0, big, {"quality": 60}), (4, 2, C, {"lossless": True})])
animation("moving-part.webp", 20, 11, [(4, 2, C, {"lossless": True}), (0, 0, C, {"lossless": True})])
animation("moving-alpha.webp", 21, 16, [(2, 2, ba, {"quality": 70})])
import glob, json, os
deep = {"grey16.png": (grey.astype(np.uint16) * 200 + 3)[..., None], "grey16.tif": (grey.astype(np.uint16) * 200 + 3)[..., None], "grey16.pgm": (grey.astype(np.uint16) * 200 + 3)[..., None],
        "rgba16.png": np.dstack([rgb.astype(np.uint16) * 200 + 3, alpha.astype(np.uint16) * 256 + 9]),
        "rgbx16.tif": rgb16, "la16.tif": np.dstack([grey16, alpha16]), "planar16.tif": rgb16}
ink, light = rgb16.astype(np.uint64), 65535 - (grey16 // 2).astype(np.uint64)[..., None]
deep["cmyk16.tif"] = (light - (ink * light + 32767) // 65535).astype(np.uint16)
rows = []
for path in sorted(glob.glob(out + "/*")):
    name = os.path.basename(path)
    if name.endswith((".txt", ".py")): continue
    if name in deep:
        a = deep[name]; hh, ww = a.shape[:2]
        rows.append(f"{name} {hh} {ww} {a.shape[2]} 16 {a.astype('>u2').tobytes().hex()}")
        continue
    if name == "rgba.pam":
        a = np.dstack([rgb, alpha])
    else:
        im = Image.open(path); im.seek(0)
        im = ImageOps.exif_transpose(im)
        a = np.array((im.convert("LA") if im.mode == "La" else im).convert("RGBA"))
    hh, ww = a.shape[:2]
    rows.append(f"{name} {hh} {ww} 4 8 {a.tobytes().hex()}")
open(out + "/pillow.txt", "w").write("# name height width channels bits numbers: what Pillow 13.0.0 shows, red, green, blue and alpha of 8 bits; numbers of 16 bits as they were written\n" + "\n".join(rows) + "\n")
# not in pillow.txt: progressive scans, colours above their alpha, fourth bytes of 0, kinds of TIFF that are refused
smooth = np.dstack([128 + 100 * np.sin(np.mgrid[:40, :56][k % 2] / (3 + k)) for k in range(3)]).astype(np.uint8)
save("progressive.jpg", Image.fromarray(smooth), format="JPEG", quality=90, subsampling=0, progressive=True)
b = io.BytesIO()
tifffile.imwrite(b, np.full((2, 3, 4), [50000, 300, 0, 20000], np.uint16), photometric="rgb", extrasamples=["assocalpha"])
put("above16.tif", b.getvalue())
pixels = np.full((2, 3, 4), [200, 100, 50, 0], np.uint8).tobytes()
header = struct.pack("<IiiHHIIiiII", 124, 3, 2, 1, 32, 0, len(pixels), 0, 0, 0, 0).ljust(124, b"\0")
put("v5.bmp", b"BM" + struct.pack("<IHHI", 138 + len(pixels), 0, 0, 138) + header + pixels)
save("ycbcr.tif", C.convert("YCbCr"), format="TIFF"); save("lab.tif", Image.merge("LAB", C.split()), format="TIFF")
tiff("float.tif", np.dstack([rgb / np.float32(255), alpha / np.float32(255)]).astype(np.float32), photometric="rgb", extrasamples=["unassalpha"], planarconfig="contig")
tiff("la32.tif", np.dstack([grey, alpha]).astype(np.uint32), photometric="minisblack", planarconfig="contig", extrasamples=["unassalpha"])
