/// Settings, the object graph by hand, start and stop in order.
@NullMarked
package dev.berth.app;

import org.jspecify.annotations.NullMarked;
