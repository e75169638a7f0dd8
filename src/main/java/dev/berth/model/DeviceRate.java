package dev.berth.model;

/// How much a container may read from or write to one block device of the host per second.
///
/// @param path the device, such as `/dev/sda`
/// @param perSecond bytes or operations, at least 1
public record DeviceRate(String path, long perSecond) {
    public DeviceRate {
        if (!path.startsWith("/dev/")) throw new Failure.Invalid("Path", "must begin with /dev/");
        if (perSecond < 1) throw new Failure.Invalid("Rate", "must be at least 1");
    }
}
