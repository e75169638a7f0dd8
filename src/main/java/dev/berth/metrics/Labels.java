package dev.berth.metrics;

/// What tells a family's samples apart: `{name="web",image="nginx"}`.
final class Labels {
    static final Labels NONE = new Labels("");

    private final String inner;

    private Labels(String inner) {
        this.inner = inner;
    }

    static Labels of(String name, String value) {
        return NONE.with(name, value);
    }

    /// One label more. The name is a constant of ours or made by [#nameOf]; the value is anybody's.
    Labels with(String name, String value) {
        var text = new StringBuilder(inner.length() + name.length() + value.length() + 4);
        text.append(inner);
        if (!inner.isEmpty()) text.append(',');
        text.append(name).append("=\"");
        escape(value, text);
        return new Labels(text.append('"').toString());
    }

    String and(String name, String value) {
        return with(name, value).toString();
    }

    private static void escape(String value, StringBuilder text) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '\\' -> text.append("\\\\");
                case '"' -> text.append("\\\"");
                case '\n' -> text.append("\\n");
                default -> text.append(c);
            }
        }
    }

    /// A container's label as cAdvisor names it: `com.example/tier` is `container_label_com_example_tier`.
    static String nameOf(String containerLabel) {
        return "container_label_" + containerLabel.replaceAll("[^A-Za-z0-9_]", "_");
    }

    @Override
    public String toString() {
        return inner.isEmpty() ? "" : "{" + inner + "}";
    }
}
