//! The types Damask knows by name: media type, kind, family and extensions. The first extension is the usual one.
//!
//! Media types are those of IANA's registry where it has one, else the `x-` name in common use. A *family* holds
//! types whose extensions are used for one another in honest files (`.mov` for MP4, `.tif` for a raw file): within
//! it an extension is not held against a file.

use damask_model::AssetKind::{self, Archive, Audio, Document, Font, Image, Model, Other, Timeline, Video};

/// One type of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileType {
    /// Media type.
    pub media_type: &'static str,
    /// What sort of asset it makes.
    pub kind: AssetKind,
    /// Types whose extensions are used for one another.
    pub family: &'static str,
    /// Extensions in lower case, the usual one first.
    pub extensions: &'static [&'static str],
}

const fn of(
    media_type: &'static str,
    kind: AssetKind,
    family: &'static str,
    extensions: &'static [&'static str],
) -> FileType {
    FileType { media_type, kind, family, extensions }
}

/// What a file is of which nothing is known.
pub const UNKNOWN: FileType = of("application/octet-stream", Other, "unknown", &[]);

/// Text, whose exact type is always a guess: any extension of text may stand for any other.
pub const TEXT_FAMILY: &str = "text";

/// All types.
pub const TYPES: &[FileType] = &[
    of("image/jpeg", Image, "jpeg", &["jpg", "jpeg", "jpe", "jfif", "mpo", "thm", "insp"]),
    of("image/png", Image, "png", &["png", "apng"]),
    of("image/gif", Image, "gif", &["gif"]),
    of("image/webp", Image, "webp", &["webp"]),
    of("image/tiff", Image, "tiff", &["tif", "tiff", "btf", "tf8", "ptif", "svs"]),
    of("image/x-adobe-dng", Image, "tiff", &["dng"]),
    of("image/x-canon-cr2", Image, "tiff", &["cr2"]),
    of("image/x-nikon-nef", Image, "tiff", &["nef", "nrw"]),
    of("image/x-sony-arw", Image, "tiff", &["arw", "sr2", "srf"]),
    of("image/x-pentax-pef", Image, "tiff", &["pef"]),
    of("image/x-samsung-srw", Image, "tiff", &["srw"]),
    of("image/x-epson-erf", Image, "tiff", &["erf"]),
    of("image/x-hasselblad-3fr", Image, "tiff", &["3fr", "fff"]),
    of("image/x-phaseone-iiq", Image, "tiff", &["iiq", "mos", "mef"]),
    of("image/x-kodak-dcr", Image, "tiff", &["dcr", "k25", "kdc"]),
    of("image/x-olympus-orf", Image, "orf", &["orf"]),
    of("image/x-panasonic-rw2", Image, "rw2", &["rw2", "rwl"]),
    of("image/x-fuji-raf", Image, "raf", &["raf"]),
    of("image/x-canon-crw", Image, "crw", &["crw"]),
    of("image/x-canon-cr3", Image, "cr3", &["cr3"]),
    of("image/x-sigma-x3f", Image, "x3f", &["x3f"]),
    of("image/x-minolta-mrw", Image, "mrw", &["mrw", "mrm"]),
    of("image/heic", Image, "heif", &["heic", "heif", "hif", "heics"]),
    of("image/avif", Image, "heif", &["avif", "avifs"]),
    of("image/jxl", Image, "jxl", &["jxl"]),
    of("image/jp2", Image, "jpeg2000", &["jp2", "jpx", "jpf", "jpm", "mj2"]),
    of("image/x-jp2-codestream", Image, "jpeg2000", &["j2k", "j2c", "jpc"]),
    of("image/bmp", Image, "bmp", &["bmp", "dib"]),
    of("image/vnd.microsoft.icon", Image, "ico", &["ico", "cur"]),
    of("image/vnd.adobe.photoshop", Image, "psd", &["psd", "psb"]),
    of("image/svg+xml", Image, "svg", &["svg"]),
    of("image/x-exr", Image, "exr", &["exr"]),
    of("image/vnd.radiance", Image, "hdr", &["hdr", "rgbe", "pic"]),
    of("image/x-dpx", Image, "dpx", &["dpx"]),
    of("image/x-cineon", Image, "cin", &["cin"]),
    of("image/x-tga", Image, "tga", &["tga"]),
    of("image/x-portable-anymap", Image, "pnm", &["pnm", "ppm", "pgm", "pbm", "pam"]),
    of("image/fits", Image, "fits", &["fits"]),
    of("image/x-xcf", Image, "xcf", &["xcf"]),
    of("image/vnd.ms-dds", Image, "dds", &["dds"]),
    of("image/x-pcx", Image, "pcx", &["pcx"]),
    of("image/vnd.djvu", Document, "djvu", &["djvu", "djv"]),
    of("application/c2pa", Other, "c2pa", &["c2pa"]),
    of("application/dicom", Image, "dicom", &["dcm", "dic"]),
    of("application/postscript", Document, "postscript", &["ps", "eps", "ai", "epsf"]),
    of("video/mp4", Video, "mpeg-4", &["mp4", "m4s", "mpg4"]),
    of("video/x-m4v", Video, "mpeg-4", &["m4v", "f4v"]),
    of("video/quicktime", Video, "mpeg-4", &["mov", "qt", "insv"]),
    of("video/3gpp", Video, "mpeg-4", &["3gp", "3g2", "3gpp"]),
    of("audio/mp4", Audio, "mpeg-4", &["m4a", "m4b", "m4p", "m4r", "f4a"]),
    of("video/x-matroska", Video, "matroska", &["mkv", "mk3d"]),
    of("video/webm", Video, "matroska", &["webm"]),
    of("audio/x-matroska", Audio, "matroska", &["mka", "weba"]),
    of("video/x-msvideo", Video, "avi", &["avi", "divx"]),
    of("video/x-ms-wmv", Video, "asf", &["wmv", "asf"]),
    of("audio/x-ms-wma", Audio, "asf", &["wma"]),
    of("video/mp2t", Video, "mpeg-ts", &["ts", "m2ts", "mts", "m2t", "tsv"]),
    of("video/mpeg", Video, "mpeg-ps", &["mpg", "mpeg", "vob", "m2v", "m1v", "mpe", "m2p"]),
    of("application/mxf", Video, "mxf", &["mxf"]),
    of("video/x-flv", Video, "flv", &["flv"]),
    of("video/x-dv", Video, "dv", &["dv", "dif"]),
    of("video/x-yuv4mpeg", Video, "y4m", &["y4m"]),
    of("video/x-r3d", Video, "r3d", &["r3d"]),
    of("application/vnd.rn-realmedia", Video, "realmedia", &["rm", "rmvb", "rmj"]),
    of("application/x-shockwave-flash", Video, "swf", &["swf"]),
    of("video/ogg", Video, "ogg", &["ogv", "ogx", "oggtheora"]),
    of("audio/ogg", Audio, "ogg", &["ogg", "oga", "opus", "spx"]),
    of("audio/wav", Audio, "wave", &["wav", "bwf", "wave", "rf64", "bw64"]),
    of("audio/aiff", Audio, "aiff", &["aif", "aiff", "aifc"]),
    of("audio/flac", Audio, "flac", &["flac"]),
    of("audio/mpeg", Audio, "mpeg-audio", &["mp3", "mp2", "mpa", "mp1"]),
    of("audio/aac", Audio, "adts", &["aac", "adts"]),
    of("audio/ac3", Audio, "ac3", &["ac3", "eac3"]),
    of("audio/vnd.dts", Audio, "dts", &["dts"]),
    of("audio/x-ape", Audio, "ape", &["ape"]),
    of("audio/x-wavpack", Audio, "wavpack", &["wv"]),
    of("audio/x-tta", Audio, "tta", &["tta"]),
    of("audio/x-tak", Audio, "tak", &["tak"]),
    of("audio/x-musepack", Audio, "musepack", &["mpc"]),
    of("audio/x-dsf", Audio, "dsf", &["dsf"]),
    of("audio/x-dff", Audio, "dff", &["dff"]),
    of("audio/x-optimfrog", Audio, "optimfrog", &["ofr", "ofs"]),
    of("audio/basic", Audio, "au", &["au", "snd"]),
    of("audio/midi", Audio, "midi", &["mid", "midi", "rmi"]),
    of("audio/x-caf", Audio, "caf", &["caf"]),
    of("audio/amr", Audio, "amr", &["amr"]),
    of("application/pdf", Document, "pdf", &["pdf"]),
    of("application/x-indesign", Document, "indesign", &["indd", "indt"]),
    of("application/rtf", Document, "rtf", &["rtf"]),
    of("application/msword", Document, "ole", &["doc", "dot"]),
    of("application/vnd.ms-excel", Document, "ole", &["xls", "xlt"]),
    of("application/vnd.ms-powerpoint", Document, "ole", &["ppt", "pps", "pot"]),
    of("application/vnd.ms-outlook", Document, "ole", &["msg"]),
    of("application/x-ole-storage", Document, "ole", &["fpx", "pub", "vsd"]),
    of(
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        Document,
        "zip",
        &["docx", "docm", "dotx"],
    ),
    of(
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        Document,
        "zip",
        &["xlsx", "xlsm", "xltx"],
    ),
    of(
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        Document,
        "zip",
        &["pptx", "pptm", "ppsx", "potx"],
    ),
    of("application/vnd.oasis.opendocument.text", Document, "zip", &["odt", "ott"]),
    of("application/vnd.oasis.opendocument.spreadsheet", Document, "zip", &["ods", "ots"]),
    of("application/vnd.oasis.opendocument.presentation", Document, "zip", &["odp", "otp"]),
    of("application/vnd.oasis.opendocument.graphics", Document, "zip", &["odg"]),
    of("application/epub+zip", Document, "zip", &["epub"]),
    of("application/vnd.adobe.indesign-idml-package", Document, "zip", &["idml"]),
    of("application/vnd.apple.iwork", Document, "zip", &["pages", "key", "numbers"]),
    of("model/vnd.usdz+zip", Model, "zip", &["usdz"]),
    of("model/3mf", Model, "zip", &["3mf"]),
    of("application/zip", Archive, "zip", &["zip", "jar", "cbz", "apk", "otioz", "sketch", "kra", "ora"]),
    of("application/gzip", Archive, "gzip", &["gz", "tgz", "svgz", "nii.gz", "als", "prproj"]),
    of("application/x-bzip2", Archive, "bzip2", &["bz2"]),
    of("application/x-xz", Archive, "xz", &["xz"]),
    of("application/zstd", Archive, "zstd", &["zst"]),
    of("application/x-7z-compressed", Archive, "7z", &["7z"]),
    of("application/vnd.rar", Archive, "rar", &["rar", "cbr"]),
    of("application/x-tar", Archive, "tar", &["tar"]),
    of("application/x-iso9660-image", Archive, "iso9660", &["iso"]),
    of("model/gltf-binary", Model, "glb", &["glb"]),
    of("model/gltf+json", Model, TEXT_FAMILY, &["gltf"]),
    of("model/obj", Model, TEXT_FAMILY, &["obj"]),
    of("model/stl", Model, "stl", &["stl"]),
    of("application/x-ebu-stl", Document, "stl", &["stl"]),
    of("model/x-ply", Model, "ply", &["ply"]),
    of("model/vnd.collada+xml", Model, TEXT_FAMILY, &["dae"]),
    of("model/vnd.usdc", Model, "usd", &["usdc", "usd"]),
    of("model/vnd.usda", Model, "usd", &["usda"]),
    of("application/x-fbx", Model, "fbx", &["fbx"]),
    of("application/x-blender", Model, "blend", &["blend"]),
    of("font/ttf", Font, "sfnt", &["ttf"]),
    of("font/otf", Font, "sfnt", &["otf"]),
    of("font/collection", Font, "sfnt", &["ttc", "otc"]),
    of("font/woff", Font, "woff", &["woff"]),
    of("font/woff2", Font, "woff2", &["woff2"]),
    of("application/x-font-type1", Font, "type1", &["pfb", "pfa"]),
    of("application/x-otio+json", Timeline, TEXT_FAMILY, &["otio"]),
    of("application/x-fcpxml+xml", Timeline, TEXT_FAMILY, &["fcpxml"]),
    of("application/x-xmeml+xml", Timeline, TEXT_FAMILY, &["xmeml"]),
    of("application/x-edl", Timeline, TEXT_FAMILY, &["edl"]),
    of("application/x-ale", Timeline, TEXT_FAMILY, &["ale"]),
    of("application/x-aaf", Timeline, "aaf", &["aaf"]),
    of("application/x-subrip", Document, TEXT_FAMILY, &["srt"]),
    of("text/vtt", Document, TEXT_FAMILY, &["vtt"]),
    of("application/ttml+xml", Document, TEXT_FAMILY, &["ttml", "dfxp", "itt"]),
    of("text/x-scc", Document, TEXT_FAMILY, &["scc"]),
    of("application/rdf+xml", Document, TEXT_FAMILY, &["rdf", "xmp"]),
    of("application/xml", Document, TEXT_FAMILY, &["xml", "xsd", "xsl", "mhl", "plist", "cpl", "pkl", "opf"]),
    of("text/html", Document, TEXT_FAMILY, &["html", "htm", "xhtml"]),
    of("application/json", Document, TEXT_FAMILY, &["json", "geojson", "jsonld", "jsonl"]),
    of("text/csv", Document, TEXT_FAMILY, &["csv"]),
    of("text/tab-separated-values", Document, TEXT_FAMILY, &["tab"]),
    of("text/markdown", Document, TEXT_FAMILY, &["md", "markdown"]),
    of("text/vcard", Document, TEXT_FAMILY, &["vcf"]),
    of("application/yaml", Document, TEXT_FAMILY, &["yaml", "yml"]),
    of(
        "text/plain",
        Document,
        TEXT_FAMILY,
        &["txt", "text", "log", "cue", "cube", "nfo", "ini", "sub", "rst", "toml"],
    ),
];

/// The type with a media type.
pub fn by_media_type(media_type: &str) -> Option<&'static FileType> {
    TYPES.iter().find(|known| known.media_type == media_type)
}

/// The type an extension names, in lower case and without its dot.
pub fn by_extension(extension: &str) -> Option<&'static FileType> {
    TYPES.iter().find(|known| known.extensions.contains(&extension))
}

#[cfg(test)]
mod tests {
    use std::collections::{HashMap, HashSet};

    use super::TYPES;

    #[test]
    fn no_extension_names_types_of_two_families() {
        let mut seen = HashMap::new();
        for known in TYPES {
            for extension in known.extensions {
                let family = seen.insert(extension, known.family);
                assert!(family.is_none_or(|family| family == known.family), "{extension} twice");
            }
        }
    }

    #[test]
    fn no_media_type_stands_twice() {
        let names: HashSet<_> = TYPES.iter().map(|known| known.media_type).collect();
        assert_eq!(names.len(), TYPES.len());
    }
}
