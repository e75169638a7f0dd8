/// What goes on inside a container: its log and its processes.
@NullMarked
package dev.berth.inside;

import org.jspecify.annotations.NullMarked;
