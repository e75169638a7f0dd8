package dev.berth.attachments;

import dev.berth.model.Failure;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/// The names that are being given. Engines are not strict about a name that exists, so nobody else may come between our
/// look and the create.
final class UnderWay {
    private final Set<String> names = ConcurrentHashMap.newKeySet();

    /// @param taken what to throw if somebody is at it
    <T> T alone(String name, Supplier<Failure> taken, Supplier<T> work) {
        if (!names.add(name)) throw taken.get();
        try {
            return work.get();
        } finally {
            names.remove(name);
        }
    }
}
