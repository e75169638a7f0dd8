package dev.berth.attachments;

import dev.berth.engine.Engine;
import dev.berth.mirror.Mirror;

/// Both kinds of what containers are attached to.
public record Attachments(Networks networks, Volumes volumes) {
    public static Attachments of(Engine engine, Mirror mirror) {
        return new Attachments(new Networks(engine.networks(), mirror), new Volumes(engine.volumes(), mirror));
    }
}
