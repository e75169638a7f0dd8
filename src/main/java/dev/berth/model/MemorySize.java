package dev.berth.model;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// An amount of memory in bytes, never negative.
public record MemorySize(long bytes) implements Comparable<MemorySize> {
    private static final Pattern GRAMMAR =
            Pattern.compile("(?<number>\\d{1,19}(?:\\.\\d{1,9})?)(?<unit>b|kb?|mb?|gb?)?");
    private static final double MEBIBYTE = 1 << 20;

    public MemorySize {
        if (bytes < 0) throw new Failure.Invalid("memory must not be negative");
    }

    /// Reads `100000b`, `1000k`, `128m`, `1g`, `512MB`, `1.5g` (base 1024); without a unit it is bytes.
    ///
    /// @throws Failure.Invalid if it is none of these or not a whole number of bytes
    public static MemorySize parse(String text) {
        Matcher parts = GRAMMAR.matcher(text.toLowerCase(Locale.ROOT));
        if (!parts.matches())
            throw new Failure.Invalid(
                    "'" + text + "' is not a size; write bytes, or a number with b, k, m or g such as \"512m\"");
        String unit = parts.group("unit");
        int shift = switch (unit == null ? 'b' : unit.charAt(0)) {
            case 'k' -> 10;
            case 'm' -> 20;
            case 'g' -> 30;
            default -> 0;
        };
        BigDecimal exact = new BigDecimal(parts.group("number")).multiply(BigDecimal.valueOf(1L << shift));
        BigInteger bytes = exact.toBigInteger();
        if (shift == 0 && exact.stripTrailingZeros().scale() > 0)
            throw new Failure.Invalid("'" + text + "' is not a whole number of bytes");
        if (bytes.bitLength() > 63) throw new Failure.Invalid("'" + text + "' is more than an engine can count");
        return new MemorySize(bytes.longValueExact());
    }

    /// MiB, unrounded: the unit of the original's memory fields.
    public double mebibytes() {
        return bytes / MEBIBYTE;
    }

    @Override
    public int compareTo(MemorySize other) {
        return Long.compare(bytes, other.bytes);
    }

    /// The largest unit that divides it exactly: `512m`, `2g`, `1000b`.
    @Override
    public String toString() {
        if (bytes != 0 && bytes % (1L << 30) == 0) return (bytes >> 30) + "g";
        if (bytes != 0 && bytes % (1L << 20) == 0) return (bytes >> 20) + "m";
        if (bytes != 0 && bytes % (1L << 10) == 0) return (bytes >> 10) + "k";
        return bytes + "b";
    }
}
