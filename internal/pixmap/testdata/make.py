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
save("turned8.webp", C, format="WEBP", lossless=True, exif=exif(8))
save("turned3.tif", C, format="TIFF", exif=exif(3))
import glob, json, os
deep = {"grey16.png": (grey.astype(np.uint16) * 200 + 3)[..., None], "grey16.tif": (grey.astype(np.uint16) * 200 + 3)[..., None], "grey16.pgm": (grey.astype(np.uint16) * 200 + 3)[..., None],
        "rgba16.png": np.dstack([rgb.astype(np.uint16) * 200 + 3, alpha.astype(np.uint16) * 256 + 9])}
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
        a = np.array(ImageOps.exif_transpose(im).convert("RGBA"))
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
b = io.BytesIO(); tifffile.imwrite(b, np.stack([grey, grey, grey]), photometric="rgb", planarconfig="separate"); put("planar.tif", b.getvalue())
save("reverse.tif", G, format="TIFF", tiffinfo={266: 2})
