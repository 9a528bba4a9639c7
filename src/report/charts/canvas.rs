//! What every chart draws on: a sheet of pixels behind plotters' SVG backend, its palette, scales and
//! legend. No font is at hand when a chart is drawn, so nothing here measures text but by estimate.

use plotters::backend::SVGBackend;
use plotters::coord::Shift;
use plotters::drawing::{DrawingArea, IntoDrawingArea};
use plotters::element::{Circle, PathElement, Polygon, Rectangle, Text};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, FontStyle, FontTransform, IntoFont, RGBColor, ShapeStyle};

use crate::report::words;

/// Text and axes. The page repaints these five for its dark theme by their very values.
pub(crate) const INK: RGBColor = RGBColor(0x1f, 0x29, 0x37);
pub(crate) const MUTED: RGBColor = RGBColor(0x5b, 0x66, 0x75);
pub(crate) const GRID: RGBColor = RGBColor(0xe3, 0xe7, 0xec);
pub(crate) const PAPER: RGBColor = RGBColor(0xff, 0xff, 0xfe);
pub(crate) const NIGHT: RGBColor = RGBColor(0xf1, 0xf3, 0xf7);

/// Promise kept, promise broken: told apart by red-green blind eyes through their brightness.
pub(crate) const GOOD: RGBColor = RGBColor(0x1f, 0x9d, 0x6b);
pub(crate) const BAD: RGBColor = RGBColor(0xd6, 0x45, 0x45);
/// The colour of one value against its background.
pub(crate) const ACCENT: RGBColor = RGBColor(0x2f, 0x6f, 0xde);

/// Colours of series, distinct to colour-blind eyes and on light and dark ground.
const SERIES: [RGBColor; 10] = [
    RGBColor(0x3b, 0x7d, 0xd8),
    RGBColor(0xe3, 0x8b, 0x29),
    RGBColor(0x2a, 0xa1, 0x98),
    RGBColor(0xb0, 0x5f, 0xc4),
    RGBColor(0xd3, 0x5b, 0x6f),
    RGBColor(0x7d, 0x9b, 0x35),
    RGBColor(0x8a, 0x75, 0x5e),
    RGBColor(0x4f, 0x5b, 0xb3),
    RGBColor(0xc9, 0xa2, 0x27),
    RGBColor(0x6c, 0x7a, 0x99),
];

/// The colour of the series of that number.
pub(crate) fn series(index: usize) -> RGBColor {
    SERIES[index % SERIES.len()]
}

/// A colour as it looks at that opacity on white.
pub(crate) fn tint(color: RGBColor, opacity: f64) -> RGBColor {
    let mix = |part: u8| (255.0 - (255.0 - f64::from(part)) * opacity).round() as u8;
    RGBColor(mix(color.0), mix(color.1), mix(color.2))
}

/// How text stands on its point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

/// How text looks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Face {
    pub size: f64,
    pub color: RGBColor,
    pub bold: bool,
}

impl Face {
    pub(crate) const fn new(size: f64, color: RGBColor) -> Self {
        Self {
            size,
            color,
            bold: false,
        }
    }

    pub(crate) const fn bold(size: f64, color: RGBColor) -> Self {
        Self {
            size,
            color,
            bold: true,
        }
    }
}

/// The face of axis labels.
pub(crate) const AXIS: Face = Face::new(12.0, MUTED);
/// The face of names and values.
pub(crate) const NAME: Face = Face::new(13.0, INK);

/// A sheet of pixels. Writing to a text cannot fail, so the answers of the drawing calls are dropped.
pub(crate) struct Canvas<'a> {
    area: DrawingArea<SVGBackend<'a>, Shift>,
}

/// An SVG of the given size, with `title` for those who cannot see it.
pub(crate) fn svg(width: u32, height: u32, title: &str, draw: impl FnOnce(&Canvas)) -> String {
    let mut text = String::new();
    {
        let canvas = Canvas {
            area: SVGBackend::with_string(&mut text, (width, height)).into_drawing_area(),
        };
        canvas.rect(
            (0.0, 0.0),
            (f64::from(width), f64::from(height)),
            PAPER,
            1.0,
        );
        draw(&canvas);
        let _ = canvas.area.present();
    }
    let name = maud::html! { title { (words::label(title, 200)) } }.into_string();
    match text.find('>') {
        Some(end) => format!("{} role=\"img\">\n{name}{}", &text[..end], &text[end + 1..]),
        None => text,
    }
}

impl Canvas<'_> {
    /// A filled rectangle.
    pub(crate) fn rect(&self, from: (f64, f64), to: (f64, f64), color: RGBColor, opacity: f64) {
        let style = color.mix(opacity).filled();
        let _ = self
            .area
            .draw(&Rectangle::new([pixel(from), pixel(to)], style));
    }

    /// An open path.
    pub(crate) fn path(&self, points: &[(f64, f64)], color: RGBColor, width: u32, opacity: f64) {
        let style = ShapeStyle::from(color.mix(opacity)).stroke_width(width);
        let points: Vec<(i32, i32)> = points.iter().copied().map(pixel).collect();
        let _ = self.area.draw(&PathElement::new(points, style));
    }

    /// A straight line.
    pub(crate) fn line(&self, from: (f64, f64), to: (f64, f64), color: RGBColor, width: u32) {
        self.path(&[from, to], color, width, 1.0);
    }

    /// A dashed line, along one axis.
    pub(crate) fn dashes(&self, from: (f64, f64), to: (f64, f64), color: RGBColor, width: u32) {
        let length = (to.0 - from.0).hypot(to.1 - from.1);
        let steps = (length / 8.0).ceil().max(1.0) as usize;
        let at = |part: f64| {
            (
                from.0 + (to.0 - from.0) * part,
                from.1 + (to.1 - from.1) * part,
            )
        };
        for step in 0..steps {
            let begin = step as f64 / steps as f64;
            let end = (step as f64 + 0.55) / steps as f64;
            self.line(at(begin), at(end), color, width);
        }
    }

    /// A filled area.
    pub(crate) fn area(&self, points: &[(f64, f64)], color: RGBColor, opacity: f64) {
        if points.len() < 3 {
            return;
        }
        let points: Vec<(i32, i32)> = points.iter().copied().map(pixel).collect();
        let _ = self
            .area
            .draw(&Polygon::new(points, color.mix(opacity).filled()));
    }

    /// A filled dot.
    pub(crate) fn dot(&self, center: (f64, f64), radius: i32, color: RGBColor) {
        let _ = self
            .area
            .draw(&Circle::new(pixel(center), radius, color.filled()));
    }

    /// Text whose middle height is at the point.
    pub(crate) fn text(&self, text: &str, at: (f64, f64), anchor: Anchor, face: Face) {
        self.write(text, at, anchor, face, FontTransform::None);
    }

    /// Lines that end at the point, centred on its height.
    pub(crate) fn lines(&self, lines: &[(String, Face)], at: (f64, f64)) {
        let first = at.1 - LINE * (lines.len().max(1) - 1) as f64 / 2.0;
        for (index, (text, face)) in lines.iter().enumerate() {
            let height = first + LINE * index as f64;
            self.text(text, (at.0, height), Anchor::End, *face);
        }
    }

    /// Text that reads upwards.
    pub(crate) fn text_upwards(&self, text: &str, at: (f64, f64), face: Face) {
        self.write(text, at, Anchor::Middle, face, FontTransform::Rotate270);
    }

    fn write(&self, text: &str, at: (f64, f64), anchor: Anchor, face: Face, turn: FontTransform) {
        let style = if face.bold {
            FontStyle::Bold
        } else {
            FontStyle::Normal
        };
        let horizontal = match anchor {
            Anchor::Start => HPos::Left,
            Anchor::Middle => HPos::Center,
            Anchor::End => HPos::Right,
        };
        // The backend divides sizes by 1.24.
        let style = ("sans-serif", face.size * 1.24, style)
            .into_font()
            .transform(turn)
            .color(&face.color)
            .pos(Pos::new(horizontal, VPos::Center));
        let _ = self
            .area
            .draw(&Text::new(words::clean(text), pixel(at), style));
    }

    /// A row of swatches with their names, wrapped at `right`; answers the height it took.
    pub(crate) fn legend(
        &self,
        left: f64,
        top: f64,
        right: f64,
        items: &[(RGBColor, String)],
    ) -> f64 {
        let (mut x, mut y) = (left, top);
        for (color, name) in items {
            let width = 18.0 + text_width(name, 12.0) + 18.0;
            if x > left && x + width > right {
                x = left;
                y += LEGEND_LINE;
            }
            self.rect((x, y - 5.0), (x + 11.0, y + 6.0), *color, 1.0);
            self.text(name, (x + 17.0, y), Anchor::Start, Face::new(12.0, INK));
            x += width;
        }
        y - top + LEGEND_LINE
    }
}

/// From one line of a name to the next.
const LINE: f64 = 15.0;
/// The height of one line of a legend.
const LEGEND_LINE: f64 = 20.0;

/// The height that a legend will take.
pub(crate) fn legend_height(width: f64, items: &[(RGBColor, String)]) -> f64 {
    let (mut x, mut lines) = (0.0, 1.0);
    for (_, name) in items {
        let item = 18.0 + text_width(name, 12.0) + 18.0;
        if x > 0.0 && x + item > width {
            x = 0.0;
            lines += 1.0;
        }
        x += item;
    }
    lines * LEGEND_LINE
}

/// About how wide a text is: letters of a sans-serif face are a little over half as wide as high.
pub(crate) fn text_width(text: &str, size: f64) -> f64 {
    text.chars().count() as f64 * size * 0.6
}

/// Values on pixels, straight or by their logarithm.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scale {
    from: f64,
    to: f64,
    low: f64,
    high: f64,
    log: bool,
}

impl Scale {
    /// Values `from..to` on pixels `low..high`.
    pub(crate) fn linear(from: f64, to: f64, low: f64, high: f64) -> Self {
        Self {
            from,
            to: if to > from { to } else { from + 1.0 },
            low,
            high,
            log: false,
        }
    }

    /// Positive values on pixels, equal ratios equally far.
    pub(crate) fn log(from: f64, to: f64, low: f64, high: f64) -> Self {
        let from = from.max(1e-9);
        Self {
            from: from.ln(),
            to: if to > from { to.ln() } else { from.ln() + 1.0 },
            low,
            high,
            log: true,
        }
    }

    /// The pixel of a value.
    pub(crate) fn at(&self, value: f64) -> f64 {
        let value = if self.log {
            value.max(1e-9).ln()
        } else {
            value
        };
        self.low + (value - self.from) / (self.to - self.from) * (self.high - self.low)
    }
}

/// Round values from 0 to at least `most`, about `count` of them.
pub(crate) fn ticks(most: f64, count: usize) -> Vec<f64> {
    if !most.is_finite() || most <= 0.0 {
        return vec![0.0, 1.0];
    }
    let rough = most / count.max(1) as f64;
    let power = 10f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 2.5, 5.0, 10.0]
        .into_iter()
        .map(|factor| factor * power)
        .find(|step| *step >= rough * 0.999)
        .unwrap_or(10.0 * power);
    let steps = (most / step - 1e-9).ceil().max(1.0) as usize;
    (0..=steps).map(|index| index as f64 * step).collect()
}

fn pixel((x, y): (f64, f64)) -> (i32, i32) {
    (x.round() as i32, y.round() as i32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_reach_the_top() {
        assert_eq!(ticks(9.3, 5), [0.0, 2.0, 4.0, 6.0, 8.0, 10.0]);
        assert_eq!(ticks(230.0, 4), [0.0, 100.0, 200.0, 300.0]);
        assert_eq!(ticks(0.0, 4), [0.0, 1.0]);
        assert_eq!(ticks(f64::NAN, 4), [0.0, 1.0]);
    }

    #[test]
    fn scales_put_ends_on_ends_and_ratios_at_equal_distances() {
        let scale = Scale::log(1.0, 100.0, 0.0, 200.0);
        assert!((scale.at(10.0) - 100.0).abs() < 1e-9);
        let flat = Scale::linear(5.0, 5.0, 0.0, 10.0);
        assert!(flat.at(5.0).is_finite());
    }

    #[test]
    fn hostile_text_is_escaped() {
        let text = svg(100, 50, "<script>", |canvas| {
            canvas.text("<b>&\u{1}", (1.0, 1.0), Anchor::Start, NAME);
        });
        assert!(text.contains("&lt;b&gt;&amp;") && text.contains("<title>&lt;script&gt;</title>"));
        assert!(!text.contains("<script>") && !text.contains('\u{1}'));
    }
}
