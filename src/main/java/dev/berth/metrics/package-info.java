/// The figures of containers and of the server itself, as Prometheus reads them.
@NullMarked
package dev.berth.metrics;

import org.jspecify.annotations.NullMarked;
