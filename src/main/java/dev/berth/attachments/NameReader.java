package dev.berth.attachments;

import dev.berth.json.Fields;
import dev.berth.model.Faults;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// Reads what networks and volumes have in common.
record NameReader(Fields fields, Faults faults) {
    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.-]{1,127}");
    private static final Pattern DRIVER = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.:/-]{0,127}");

    Optional<String> name() {
        if (fields.raw("name").isEmpty()) faults.add("name", "is required");
        return matching(
                "name", NAME, "must be 2 to 128 letters, digits, '_', '.' or '-' and begin with a letter or digit");
    }

    Optional<String> driver() {
        return matching("driver", DRIVER, "is not the name of a driver");
    }

    private Optional<String> matching(String field, Pattern pattern, String problem) {
        return fields.string(field).filter(text -> {
            boolean fits = pattern.matcher(text).matches();
            if (!fits) faults.add(field, problem);
            return fits;
        });
    }

    Map<String, String> labels() {
        Map<String, String> labels = fields.entries("labels", fields::text);
        for (String key : labels.keySet()) {
            if (key.isBlank() || key.indexOf('\0') >= 0) faults.add("labels." + key, "a label needs a name");
            if (key.startsWith("berth.")) faults.add("labels." + key, "labels under berth. are Berth's own");
        }
        return labels;
    }
}
