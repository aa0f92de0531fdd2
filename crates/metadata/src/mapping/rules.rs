//! Which tags say which field: one row a field, its sources by kind of metadata, the best first within a kind.
//! In which order the kinds are asked is decided by `reader`.

/// A group and a name of a tag, as exiftool calls them.
pub type Source = (&'static str, &'static str);

/// How one text becomes several values.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Split {
    /// It does not.
    Whole,
    /// Names, at semicolons.
    Names,
    /// Keywords, at semicolons or commas, but where the standard has a list already (XMP bags, IIM repetitions).
    Keywords,
}

/// The sources of a field.
pub struct Rule {
    field: &'static str,
    /// EXIF.
    pub exif: &'static [Source],
    /// XMP properties.
    pub xmp: &'static [Source],
    /// IPTC-IIM data sets.
    pub iim: &'static [Source],
    /// What the format itself has: ID3, Vorbis comments, QuickTime, RIFF, PDF, PNG, Office.
    pub native: &'static [Source],
    /// How one text becomes several values.
    pub split: Split,
}

/// The rule of a field.
pub fn of(field: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.field == field)
}

const NONE: Rule = Rule { field: "", exif: &[], xmp: &[], iim: &[], native: &[], split: Split::Whole };

/// The rows, in the order of the core fields.
const RULES: &[Rule] = &[
    // IPTC Photo Metadata 2024.1, Title: dc:title, IIM 2:05.
    Rule {
        field: "title",
        xmp: &[("XMP-dc", "Title"), ("XMP-xmpDM", "ShotName")],
        iim: &[("IPTC", "ObjectName")],
        native: &[
            ("Keys", "Title"),
            ("ItemList", "Title"),
            ("UserData", "Title"),
            ("UserData", "TrackName"),
            ("ID3", "Title"),
            ("Lyrics3", "ExtendedTrackTitle"),
            ("Vorbis", "Title"),
            ("APE", "Title"),
            ("RIFF", "Title"),
            ("AIFF", "Name"),
            ("ASF", "Title"),
            ("Matroska", "Title"),
            ("Real-CONT", "Title"),
            ("PDF", "Title"),
            ("PNG", "Title"),
            ("SVG", "Title"),
            ("FlashPix", "Title"),
            ("XML", "Title"),
            ("HTML", "Title"),
        ],
        ..NONE
    },
    // Headline: photoshop:Headline, IIM 2:105.
    Rule { field: "headline", xmp: &[("XMP-photoshop", "Headline")], iim: &[("IPTC", "Headline")], ..NONE },
    // MWG 2.0, Description: Exif ImageDescription, dc:description, IIM 2:120. The comment of a picture (JPEG COM,
    // GIF, PNG `Comment`) is no caption: programs write their own name there. It stays among the raw tags.
    Rule {
        field: "caption",
        exif: &[("EXIF:IFD0", "ImageDescription")],
        xmp: &[("XMP-dc", "Description"), ("XMP-tiff", "ImageDescription"), ("XMP-xmpDM", "LogComment")],
        iim: &[("IPTC", "Caption-Abstract")],
        native: &[
            ("Keys", "Description"),
            ("ItemList", "LongDescription"),
            ("ItemList", "Description"),
            ("Keys", "Comment"),
            ("ItemList", "Comment"),
            ("UserData", "Description"),
            ("UserData", "Comment"),
            ("RIFF", "Description"),
            ("Vorbis", "Description"),
            ("Vorbis", "Comment"),
            ("ID3", "Comment"),
            ("APE", "Comment"),
            ("RIFF", "Comment"),
            ("RIFF", "Subject"),
            ("AIFF", "Annotation"),
            ("ASF", "Description"),
            ("Matroska", "Description"),
            ("Matroska", "Comment"),
            ("PDF", "Subject"),
            ("PNG", "Description"),
            ("SVG", "Desc"),
            ("FlashPix", "Subject"),
            ("FlashPix", "Comments"),
            ("XML", "Description"),
            ("HTML", "Description"),
        ],
        ..NONE
    },
    // IPTC Photo Metadata 2021.1: Alt Text and Extended Description (Accessibility).
    Rule { field: "alt_text", xmp: &[("XMP-iptcCore", "AltTextAccessibility")], ..NONE },
    Rule { field: "extended_description", xmp: &[("XMP-iptcCore", "ExtDescrAccessibility")], ..NONE },
    // MWG 2.0, Keywords: dc:subject, IIM 2:25. Windows' own list only where there is no other.
    Rule {
        field: "keywords",
        xmp: &[("XMP-dc", "Subject"), ("XMP-pdf", "Keywords"), ("XMP-microsoft", "LastKeywordXMP")],
        iim: &[("IPTC", "Keywords")],
        exif: &[("EXIF:IFD0", "XPKeywords")],
        native: &[
            ("Keys", "Keywords"),
            ("ItemList", "Keyword"),
            ("RIFF", "Keywords"),
            ("PDF", "Keywords"),
            ("PNG", "Keywords"),
            ("FlashPix", "Keywords"),
            ("XML", "Keywords"),
            ("HTML", "Keywords"),
        ],
        split: Split::Keywords,
    },
    // Event (IPTC Extension): Iptc4xmpExt:Event.
    Rule { field: "event", xmp: &[("XMP-iptcExt", "Event"), ("XMP-iptcExt", "EventName")], ..NONE },
    // MWG 2.0, Creator: Exif Artist, dc:creator, IIM 2:80.
    Rule {
        field: "creator",
        exif: &[("EXIF:IFD0", "Artist")],
        xmp: &[("XMP-dc", "Creator"), ("XMP-tiff", "Artist"), ("XMP-xmpDM", "Artist")],
        iim: &[("IPTC", "By-line")],
        native: &[
            ("Keys", "Artist"),
            ("Keys", "Author"),
            ("ItemList", "Artist"),
            ("UserData", "Artist"),
            ("UserData", "Author"),
            ("ID3", "Artist"),
            ("Lyrics3", "ExtendedArtistName"),
            ("Vorbis", "Artist"),
            ("APE", "Artist"),
            ("RIFF", "Artist"),
            ("AIFF", "Author"),
            ("ASF", "Author"),
            ("Matroska", "Artist"),
            ("Real-CONT", "Author"),
            ("PDF", "Author"),
            ("PNG", "Author"),
            ("FlashPix", "Author"),
            ("XML", "Creator"),
            ("HTML", "Author"),
            ("EXIF:IFD0", "XPAuthor"),
        ],
        split: Split::Names,
    },
    // Creator's job title: photoshop:AuthorsPosition, IIM 2:85.
    Rule {
        field: "creator_title",
        xmp: &[("XMP-photoshop", "AuthorsPosition")],
        iim: &[("IPTC", "By-lineTitle")],
        ..NONE
    },
    // Description writer: photoshop:CaptionWriter, IIM 2:122.
    Rule {
        field: "caption_writer",
        xmp: &[("XMP-photoshop", "CaptionWriter")],
        iim: &[("IPTC", "Writer-Editor")],
        ..NONE
    },
    // Credit line: photoshop:Credit, IIM 2:110.
    Rule { field: "credit", xmp: &[("XMP-photoshop", "Credit")], iim: &[("IPTC", "Credit")], ..NONE },
    // Source: photoshop:Source, IIM 2:115.
    Rule {
        field: "source",
        xmp: &[("XMP-photoshop", "Source")],
        iim: &[("IPTC", "Source")],
        native: &[("RIFF", "Source"), ("PNG", "Source")],
        ..NONE
    },
    // MWG 2.0, Copyright: Exif Copyright, dc:rights, IIM 2:116.
    Rule {
        field: "copyright",
        exif: &[("EXIF:IFD0", "Copyright")],
        xmp: &[("XMP-dc", "Rights"), ("XMP-tiff", "Copyright"), ("XMP-xmpDM", "Copyright")],
        iim: &[("IPTC", "CopyrightNotice")],
        native: &[
            ("Keys", "Copyright"),
            ("ItemList", "Copyright"),
            ("UserData", "Copyright"),
            ("ID3", "Copyright"),
            ("Vorbis", "Copyright"),
            ("APE", "Copyright"),
            ("RIFF", "Copyright"),
            ("AIFF", "Copyright"),
            ("ASF", "Copyright"),
            ("Matroska", "Copyright"),
            ("Real-CONT", "Copyright"),
            ("PDF", "Copyright"),
            ("PNG", "Copyright"),
            ("FlashPix", "Copyright"),
            ("HTML", "Copyright"),
        ],
        ..NONE
    },
    // Rights usage terms: xmpRights:UsageTerms.
    Rule {
        field: "usage_terms",
        xmp: &[("XMP-xmpRights", "UsageTerms")],
        native: &[("Vorbis", "License")],
        ..NONE
    },
    // Instructions: photoshop:Instructions, IIM 2:40.
    Rule {
        field: "instructions",
        xmp: &[("XMP-photoshop", "Instructions")],
        iim: &[("IPTC", "SpecialInstructions")],
        ..NONE
    },
    // Job ID: photoshop:TransmissionReference, IIM 2:103.
    Rule {
        field: "job_reference",
        xmp: &[("XMP-photoshop", "TransmissionReference")],
        iim: &[("IPTC", "OriginalTransmissionReference")],
        native: &[("RIFF", "OriginatorReference")],
        ..NONE
    },
    // XMP specification part 2, XMP namespace: xmp:Label.
    Rule { field: "label", xmp: &[("XMP-xmp", "Label")], ..NONE },
    Rule {
        field: "album",
        xmp: &[("XMP-xmpDM", "Album")],
        native: &[
            ("Keys", "Album"),
            ("ItemList", "Album"),
            ("UserData", "Album"),
            ("ID3", "Album"),
            ("Lyrics3", "ExtendedAlbumName"),
            ("Vorbis", "Album"),
            ("APE", "Album"),
            ("RIFF", "Product"),
            ("ASF", "AlbumTitle"),
            ("Matroska", "Album"),
        ],
        ..NONE
    },
    Rule {
        field: "language",
        xmp: &[("XMP-dc", "Language")],
        iim: &[("IPTC", "LanguageIdentifier")],
        native: &[
            ("PDF", "Language"),
            ("ID3", "Language"),
            ("Vorbis", "Language"),
            ("RIFF", "Language"),
            ("XML", "Language"),
        ],
        ..NONE
    },
    // Exif 2.32, 4.6.4 and XMP's copy of it.
    Rule {
        field: "camera_make",
        exif: &[("EXIF:IFD0", "Make")],
        xmp: &[("XMP-tiff", "Make")],
        native: &[
            ("Keys", "Make"),
            ("UserData", "Make"),
            ("RIFF", "Make"),
            ("ItemList", "Make"),
            ("CanonRaw", "Make"),
            ("PanasonicRaw", "Make"),
            ("SigmaRaw", "Make"),
            ("PNG", "ExifMake"),
        ],
        ..NONE
    },
    Rule {
        field: "camera",
        exif: &[("EXIF:IFD0", "Model")],
        xmp: &[("XMP-tiff", "Model")],
        native: &[
            ("Keys", "Model"),
            ("UserData", "Model"),
            ("RIFF", "Model"),
            ("ItemList", "Model"),
            ("CanonRaw", "Model"),
            ("PanasonicRaw", "Model"),
            ("SigmaRaw", "Model"),
            ("PNG", "ExifModel"),
        ],
        ..NONE
    },
    Rule {
        field: "software",
        exif: &[("EXIF:IFD0", "Software")],
        xmp: &[("XMP-xmp", "CreatorTool"), ("XMP-tiff", "Software")],
        native: &[
            ("Keys", "Software"),
            ("UserData", "SoftwareVersion"),
            ("ItemList", "Encoder"),
            ("RIFF", "Software"),
            ("ID3", "EncoderSettings"),
            ("Vorbis", "Encoder"),
            ("Matroska", "WritingApp"),
            ("ASF", "ToolName"),
            ("PDF", "Creator"),
            ("PDF", "Producer"),
            ("PNG", "Software"),
            ("FlashPix", "Software"),
            ("XML", "Application"),
            ("MXF", "ApplicationName"),
            ("HTML", "Generator"),
        ],
        ..NONE
    },
];

#[cfg(test)]
mod tests {
    use damask_model::field;

    use super::RULES;

    #[test]
    fn every_rule_is_of_a_core_field_and_none_has_two() {
        for (at, rule) in RULES.iter().enumerate() {
            assert!(field::core(rule.field).is_some(), "{}", rule.field);
            assert!(RULES[..at].iter().all(|other| other.field != rule.field), "{}", rule.field);
        }
    }
}
