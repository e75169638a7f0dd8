package dev.berth.metrics;

import java.util.Arrays;
import java.util.Locale;

/// The two ways in which figures are written. Both are text, and nearly the same.
public enum Format {
    /// Prometheus' own, which whatever reads figures can read.
    TEXT("text/plain; version=0.0.4; charset=utf-8"),
    OPEN_METRICS("application/openmetrics-text; version=1.0.0; charset=utf-8");

    private static final String OPEN_METRICS_TYPE = "application/openmetrics-text";

    private final String contentType;

    Format(String contentType) {
        this.contentType = contentType;
    }

    public String contentType() {
        return contentType;
    }

    /// OpenMetrics only for who names a version of it that we write, and does not like plain text better.
    ///
    /// @param accept the header's value, empty without one
    public static Format acceptable(String accept) {
        double open = 0;
        double plain = 0;
        for (String item : accept.toLowerCase(Locale.ROOT).split(",", -1)) {
            String[] parts =
                    Arrays.stream(item.split(";", -1)).map(String::strip).toArray(String[]::new);
            if (parts[0].equals(OPEN_METRICS_TYPE) && versionIsOurs(parts)) open = Math.max(open, quality(parts));
            if (parts[0].equals("text/plain")) plain = Math.max(plain, quality(parts));
        }
        return open > 0 && open >= plain ? OPEN_METRICS : TEXT;
    }

    private static boolean versionIsOurs(String[] parts) {
        return Arrays.stream(parts)
                .filter(it -> it.startsWith("version="))
                .allMatch(it -> it.replace("\"", "").equals("version=1.0.0"));
    }

    private static double quality(String[] parts) {
        return Arrays.stream(parts)
                .filter(it -> it.matches("q=(0(\\.\\d{0,3})?|1(\\.0{0,3})?)"))
                .mapToDouble(it -> Double.parseDouble(it.substring("q=".length())))
                .findFirst()
                .orElse(1);
    }
}
