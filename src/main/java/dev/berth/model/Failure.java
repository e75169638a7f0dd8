package dev.berth.model;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Why something could not be done: few closed kinds, each with an open, stable code.
public abstract sealed class Failure extends RuntimeException {
    private final String code;
    private final TreeMap<String, Object> figures = new TreeMap<>();
    private @Nullable String engineMessage;

    private Failure(String code, String detail, @Nullable Throwable cause) {
        super(detail, cause);
        this.code = code;
    }

    /// Stable and documented: the last part of the problem's type.
    public final String code() {
        return code;
    }

    public final String detail() {
        return String.valueOf(getMessage());
    }

    /// What the engine said, whole, where it said something.
    public final Optional<String> engineMessage() {
        return Optional.ofNullable(engineMessage);
    }

    /// What the engine said, where it said something; else the detail.
    public final String said() {
        return engineMessage().orElse(detail());
    }

    /// The detail, and what the engine said where it said something: for where both have to stand in one line.
    public final String whole() {
        return engineMessage == null ? detail() : detail() + ": " + engineMessage;
    }

    /// The figures and names that decided, by snake_case name: `Long`, `String` or `List<String>`.
    public final Map<String, Object> figures() {
        return figures;
    }

    /// The same failure with what the engine said.
    public final Failure saidByEngine(String message) {
        engineMessage = message;
        return this;
    }

    /// The same failure with one of the figures that decided.
    public final Failure with(String name, Object figure) {
        figures.put(name, figure);
        return this;
    }

    /// The caller wrote something that is wrong in itself.
    public static final class Invalid extends Failure {
        private final transient List<Fault> faults;

        public Invalid(List<Fault> faults) {
            super(
                    "invalid-request",
                    faults.stream()
                            .map(fault ->
                                    fault.field().isEmpty() ? fault.problem() : fault.field() + ": " + fault.problem())
                            .collect(Collectors.joining("; ")),
                    null);
            this.faults = List.copyOf(faults);
        }

        /// A fault of a value that does not know which field it stands in.
        public Invalid(String problem) {
            this("", problem);
        }

        public Invalid(String field, String problem) {
            this(List.of(new Fault(field, problem)));
        }

        public List<Fault> faults() {
            return faults;
        }
    }

    /// What was named does not exist.
    public static final class NotFound extends Failure {
        public NotFound(String code, String detail) {
            super(code, detail, null);
        }
    }

    /// It cannot be done in the present state; the state may change.
    public static final class Conflict extends Failure {
        public Conflict(String code, String detail) {
            super(code, detail, null);
        }
    }

    /// It is understood and allowed, and there is not enough of something for it now.
    public static final class Refused extends Failure {
        public Refused(String code, String detail) {
            super(code, detail, null);
        }
    }

    /// The engine or a registry refused a well-formed request.
    public static final class Rejected extends Failure {
        public Rejected(String code, String detail) {
            super(code, detail, null);
        }
    }

    /// The token may not do this, or a policy forbids it.
    public static final class Forbidden extends Failure {
        public Forbidden(String code, String detail) {
            super(code, detail, null);
        }
    }

    /// The engine could not be reached.
    public static final class EngineDown extends Failure {
        public EngineDown(String detail, @Nullable Throwable cause) {
            super("engine-unreachable", detail, cause);
        }
    }

    /// The engine did not answer in time; what was asked may still take effect.
    public static final class EngineSlow extends Failure {
        public EngineSlow(String detail) {
            super("engine-timeout", detail, null);
        }
    }

    /// It has not come to what was asked for in the time that was given for that.
    public static final class Overdue extends Failure {
        public Overdue(String code, String detail) {
            super(code, detail, null);
        }
    }

    /// The engine answered something that is not its protocol, or an error of its own.
    public static final class EngineNonsense extends Failure {
        public EngineNonsense(String detail, @Nullable Throwable cause) {
            super("engine-nonsense", detail, cause);
        }
    }

    /// The work was ended before its time, by a caller or by the end of the server.
    public static final class Cancelled extends Failure {
        public Cancelled(String detail) {
            super("cancelled", detail, null);
        }
    }
}
