/// What of the host's memory is promised, and what is left.
@NullMarked
package dev.berth.admission;

import org.jspecify.annotations.NullMarked;
