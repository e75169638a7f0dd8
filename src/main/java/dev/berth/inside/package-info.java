/// What goes on inside a container: log, exec, files, processes.
@NullMarked
package dev.berth.inside;

import org.jspecify.annotations.NullMarked;
