package dev.berth.attachments;

import dev.berth.json.Fields;
import dev.berth.json.Json;
import dev.berth.model.Faults;
import dev.berth.model.VolumeSpec;
import java.util.Map;
import java.util.Optional;

/// Reads the body that asks for a volume, and names everything that is wrong with it at once.
public final class VolumeRequestReader {
    private VolumeRequestReader() {}

    /// What is wrong goes to `faults`, and then nothing is returned.
    public static Optional<VolumeSpec> read(Json body, Faults faults) {
        var fields = Fields.of(body, "", faults);
        var reader = new NameReader(fields, faults);
        Optional<String> name = reader.name();
        Optional<String> driver = reader.driver();
        Map<String, String> labels = reader.labels();
        fields.refuseUnknown();
        return faults.any() ? Optional.empty() : name.map(it -> new VolumeSpec(it, driver, labels));
    }
}
