package dev.berth.engine;

import dev.berth.engine.wire.Refused;
import dev.berth.model.ContainerId;
import dev.berth.model.Failure;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What the engine's refusals of container work mean, by the parts of its texts that stay the same from engine to
/// engine. Whatever is not recognised keeps the engine's words.
final class Refusals {
    private static final int BAD_REQUEST = 400;
    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;
    private static final int ENGINE_FAILED = 500;

    /// `Bind for 127.0.0.1:80 failed: port is already allocated` by another container,
    /// `listen tcp4 0.0.0.0:80: bind: address already in use` by a process.
    private static final Pattern PORT =
            Pattern.compile("(?:Bind for|listen \\w+|bind host port for|exposing port \\w+) "
                    + "(?:\\d+(?:\\.\\d+){3}|\\[[^\\]]*\\]|[0-9a-fA-F:]*):(?<port>\\d{1,5})\\b");

    private static final Pattern NAME = Pattern.compile("name \"?/?(?<name>[a-zA-Z0-9_.-]+)\"? is already in use");
    private static final Pattern NETWORK = Pattern.compile(
            "network (?<name>\\S+) not found|(?i:unable to find network)[^:]*: \"?(?<other>[^\\s\":]+)");

    /// `Container 6ca2… is not running`, `… is restarting, wait until …`; the last is Podman's.
    private static final Pattern NOT_RUNNING =
            Pattern.compile("is not running|is restarting|can only kill running containers");

    static final String ALREADY_PAUSED = "already-paused";
    static final String NOT_PAUSED = "not-paused";

    private Refusals() {}

    /// For a question that the engine has no reason to refuse.
    static Failure unexpected(Refused refused, String doing) {
        String message = refused.message();
        return (refused.status() >= ENGINE_FAILED
                        ? new Failure.EngineNonsense("the engine failed to " + doing, refused)
                        : new Failure.Rejected("engine-refused", "the engine refused to " + doing))
                .saidByEngine(message);
    }

    /// Of a create, or of the connecting to further networks that belongs to it.
    static Failure create(Refused refused) {
        String message = refused.message();
        return network(message)
                .or(() -> clash(message))
                .orElseGet(() -> {
                    if (names(refused)) return nameTaken(message);
                    if (refused.status() == NOT_FOUND && noImage(message))
                        return new Failure.NotFound("no-such-image", "the image is not on this engine");
                    return new Failure.Rejected("create-refused", "the engine refused to create the container");
                })
                .saidByEngine(message);
    }

    static Failure start(Refused refused, ContainerId id) {
        String message = refused.message();
        return network(message)
                .or(() -> clash(message))
                .orElseGet(() -> {
                    if (refused.status() == NOT_FOUND && noContainer(message)) return gone(id);
                    if (refused.status() == CONFLICT) return busy("start it"); // paused, or being removed
                    return new Failure.Rejected("start-refused", "the engine could not start the container");
                })
                .saidByEngine(message);
    }

    static Failure change(Refused refused, ContainerId id) {
        String message = refused.message();
        Failure failure;
        if (refused.status() == NOT_FOUND) failure = gone(id);
        else if (message.contains("unable to set memory limit"))
            failure = new Failure.Conflict(
                    "memory-below-usage", "the container uses more memory than the limit would allow");
        else failure = new Failure.Rejected("change-refused", "the engine refused to change the container");
        return failure.saidByEngine(message);
    }

    static Failure rename(Refused refused, ContainerId id) {
        if (names(refused)) return nameTaken(refused.message()).saidByEngine(refused.message());
        return container(refused, id, "rename it");
    }

    /// Of a pause, an unpause or a signal: `not-running`, `already-paused` or `not-paused`, if the state is why.
    static Failure state(Refused refused, ContainerId id, String doing) {
        String message = refused.message();
        Failure failure;
        if (refused.status() == NOT_FOUND) failure = gone(id);
        else if (message.contains("is already paused"))
            failure = new Failure.Conflict(ALREADY_PAUSED, "the container is paused already");
        else if (message.contains("is not paused"))
            failure = new Failure.Conflict(NOT_PAUSED, "the container is not paused");
        else if (NOT_RUNNING.matcher(message).find())
            failure = new Failure.Conflict("not-running", "the container does not run");
        else return container(refused, id, doing);
        return failure.saidByEngine(message);
    }

    /// Of an unpause of one that stands, which engines do not tell from one that runs.
    static Failure notRunning(Failure notPaused) {
        var failure = new Failure.Conflict("not-running", "the container does not run");
        return notPaused.engineMessage().map(failure::saidByEngine).orElse(failure);
    }

    /// Whether it says that the container does not run.
    static boolean stands(String message) {
        return NOT_RUNNING.matcher(message).find();
    }

    /// Whether a container has the name already that it was to be given.
    static boolean ownName(Refused refused) {
        return refused.hasMessage() && refused.message().contains("with the same name as its current name");
    }

    /// Of anything else about one container.
    static Failure container(Refused refused, ContainerId id, String doing) {
        String message = refused.message();
        Failure failure = switch (refused.status()) {
            case NOT_FOUND -> gone(id);
            case CONFLICT -> busy(doing);
            case BAD_REQUEST -> new Failure.Rejected("engine-refused", "the engine refused to " + doing);
            default -> throw unexpected(refused, doing);
        };
        return failure.saidByEngine(message);
    }

    /// Of a log whose driver keeps nothing that could be read.
    static boolean unreadable(Refused refused) {
        return refused.hasMessage() && refused.message().contains("does not support reading");
    }

    /// Whether a removal was refused because another one is under way.
    static boolean alreadyGoing(Refused refused) {
        return refused.status() == CONFLICT
                && refused.hasMessage()
                && refused.message().contains("is already in progress");
    }

    private static Optional<Failure> network(String message) {
        Matcher network = NETWORK.matcher(message);
        if (!network.find()) return Optional.empty();
        String name = Optional.ofNullable(network.group("name"))
                .or(() -> Optional.ofNullable(network.group("other")))
                .orElse("");
        return Optional.of(
                new Failure.Rejected("network-not-found", "there is no network '" + name + "' on this engine")
                        .with("network", name));
    }

    /// A port or an address that somebody else has.
    private static Optional<Failure> clash(String message) {
        boolean port = message.contains("port is already allocated")
                || (message.contains("address already in use")
                        && PORT.matcher(message).find());
        if (port) {
            Matcher number = PORT.matcher(message);
            if (!number.find()) return Optional.of(new Failure.Conflict("port-taken", "a port of the host is taken"));
            long taken = Long.parseLong(number.group("port"));
            return Optional.of(
                    new Failure.Conflict("port-taken", "port " + taken + " of the host is taken").with("port", taken));
        }
        return message.contains("Address already in use")
                ? Optional.of(new Failure.Conflict("address-taken", "the static address is taken"))
                : Optional.empty();
    }

    private static boolean names(Refused refused) {
        String message = refused.message();
        return refused.status() == CONFLICT
                && (message.contains("is already in use by")
                        || NAME.matcher(message).find());
    }

    private static Failure nameTaken(String message) {
        Matcher name = NAME.matcher(message);
        if (!name.find()) return new Failure.Conflict("name-taken", "the name is taken by another container");
        return new Failure.Conflict("name-taken", "the name '" + name.group("name") + "' is taken by another container")
                .with("name", name.group("name"));
    }

    private static boolean noImage(String message) {
        return message.contains("No such image")
                || message.contains("no such image")
                || message.contains("image not known");
    }

    static boolean noContainer(String message) {
        return message.contains("No such container")
                || message.contains("no such container")
                || message.contains("no container with");
    }

    private static Failure busy(String doing) {
        return new Failure.Conflict("container-busy", "the container's state does not let the engine " + doing);
    }

    static Failure gone(ContainerId id) {
        return new Failure.NotFound("no-such-container", "there is no container " + id);
    }
}
