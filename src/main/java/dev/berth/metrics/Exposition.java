package dev.berth.metrics;

import dev.berth.model.Histogram;

/// Writes figures as text: family by family, each with its samples behind it.
final class Exposition {
    private static final int NANO_DIGITS = 9;
    private static final long NANOS = 1_000_000_000;

    private final Format format;
    private final StringBuilder text;
    private String name = "";

    /// @param length about how many characters it becomes
    Exposition(Format format, int length) {
        this.format = format;
        this.text = new StringBuilder(length);
    }

    /// A figure that goes up and down.
    ///
    /// @param unit by which the name ends, such as `bytes`; empty for a plain number
    Exposition gauge(String name, String unit, String help) {
        return family(name, name, "gauge", unit, help);
    }

    /// A figure that only grows, and begins anew with what it counts.
    ///
    /// @param name ends with `_total`
    Exposition counter(String name, String unit, String help) {
        String bare = name.substring(0, name.length() - "_total".length());
        return family(name, format == Format.OPEN_METRICS ? bare : name, "counter", unit, help);
    }

    /// How long things took.
    Exposition histogram(String name, String help) {
        return family(name, name, "histogram", "seconds", help);
    }

    private Exposition family(String samples, String family, String type, String unit, String help) {
        name = samples;
        text.append("# HELP ").append(family).append(' ').append(help).append('\n');
        text.append("# TYPE ").append(family).append(' ').append(type).append('\n');
        if (format == Format.OPEN_METRICS && !unit.isEmpty())
            text.append("# UNIT ").append(family).append(' ').append(unit).append('\n');
        return this;
    }

    /// @param labels as [Labels] writes them
    Exposition sample(String labels, long value) {
        text.append(name).append(labels).append(' ').append(value).append('\n');
        return this;
    }

    Exposition sample(String labels, double value) {
        text.append(name).append(labels).append(' ').append(value).append('\n');
        return this;
    }

    /// A time in seconds, exact.
    Exposition seconds(String labels, long nanos) {
        text.append(name).append(labels).append(' ');
        appendSeconds(nanos);
        text.append('\n');
        return this;
    }

    Exposition distribution(Labels labels, Histogram.Reading reading) {
        String family = name;
        name = family + "_bucket";
        for (Histogram.UpTo upTo : reading.upTo()) sample(labels.and("le", bound(upTo.nanos())), upTo.count());
        sample(labels.and("le", "+Inf"), reading.count());
        name = family + "_sum";
        seconds(labels.toString(), reading.nanos());
        name = family + "_count";
        sample(labels.toString(), reading.count());
        name = family;
        return this;
    }

    private void appendSeconds(long nanos) {
        text.append(nanos / NANOS);
        long rest = nanos % NANOS;
        if (rest == 0) return;
        String digits = Long.toString(rest);
        text.append('.').repeat('0', NANO_DIGITS - digits.length()).append(digits);
        while (text.charAt(text.length() - 1) == '0') text.setLength(text.length() - 1);
    }

    /// OpenMetrics wants a fraction, Prometheus wants the same bound to be the same text for ever.
    private static String bound(long nanos) {
        return java.math.BigDecimal.valueOf(nanos, NANO_DIGITS)
                .stripTrailingZeros()
                .setScale(nanos % NANOS == 0 ? 1 : 4, java.math.RoundingMode.UNNECESSARY)
                .toPlainString()
                .replaceFirst("(\\.\\d+?)0+$", "$1");
    }

    String end() {
        if (format == Format.OPEN_METRICS) text.append("# EOF\n");
        return text.toString();
    }
}
