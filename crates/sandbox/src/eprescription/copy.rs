//! 処方内容（控え） as a PDF: number and content, plainly not an original. The layout of the real one is not public.
//!
//! Written by hand: one page of text with a Japanese font that readers bring along (Adobe-Japan1 by its CMap), which
//! needs no font file. The product's own forms embed theirs.
use karute_eprescription::wire::prescription::Prescription;

/// Lines of a page of A5.
const MAX_LINES: usize = 44;

/// The PDF. The same prescription gives the same bytes.
pub(super) fn pdf(what: &Prescription, access_code: &str) -> Vec<u8> {
    let mut lines = vec![
        "処方内容（控え）".to_owned(),
        "この控えでは調剤を受けられません。（模擬環境）".to_owned(),
        String::new(),
        format!("引換番号　{access_code}"),
        format!("患者　　　{}", what.patient.name),
        format!("交付日　　{}　　使用期限　{}", what.issued, what.last_day()),
        format!("医療機関　{}　{}", what.institution.name, what.doctor.name),
        String::new(),
    ];
    for (rp, group) in (1..).zip(&what.groups) {
        for drug in &group.drugs {
            lines.push(format!("{rp}）{}　{}{}", drug.name, drug.amount.normalize(), drug.unit));
        }
        lines.push(format!("　　{}　{}", group.usage_name, group.quantity));
    }
    if let Some(total) = what.refill {
        lines.push(format!("リフィル　{total}回"));
    }
    lines.truncate(MAX_LINES);
    document(&lines)
}

fn document(lines: &[String]) -> Vec<u8> {
    let mut content = String::from("BT /F1 10 Tf 30 560 Td 12 TL\n");
    for line in lines {
        let hex: String = line.encode_utf16().map(|unit| format!("{unit:04X}")).collect();
        content.push_str(&format!("<{hex}> Tj T*\n"));
    }
    content.push_str("ET");
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 420 595] /Resources << /Font << /F1 4 0 R >> >> /Contents 7 0 R >>"
            .to_owned(),
        "<< /Type /Font /Subtype /Type0 /BaseFont /HeiseiKakuGo-W5 /Encoding /UniJIS-UTF16-H /DescendantFonts [5 0 R] >>"
            .to_owned(),
        "<< /Type /Font /Subtype /CIDFontType0 /BaseFont /HeiseiKakuGo-W5 /CIDSystemInfo \
         << /Registry (Adobe) /Ordering (Japan1) /Supplement 2 >> /FontDescriptor 6 0 R /DW 1000 >>"
            .to_owned(),
        "<< /Type /FontDescriptor /FontName /HeiseiKakuGo-W5 /Flags 4 /FontBBox [-92 -250 1010 922] /ItalicAngle 0 \
         /Ascent 752 /Descent -221 /CapHeight 737 /StemV 114 >>"
            .to_owned(),
        format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len()),
    ];
    let mut out = String::from("%PDF-1.7\n");
    let mut places = Vec::new();
    for (number, object) in (1..).zip(&objects) {
        places.push(out.len());
        out.push_str(&format!("{number} 0 obj\n{object}\nendobj\n"));
    }
    let table = out.len();
    out.push_str(&format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1));
    for place in places {
        out.push_str(&format!("{place:010} 00000 n \n"));
    }
    out.push_str(&format!("trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n", objects.len() + 1));
    out.into_bytes()
}
