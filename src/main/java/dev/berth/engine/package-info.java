/// The container engine in our words; Docker's field names stop here.
@NullMarked
package dev.berth.engine;

import org.jspecify.annotations.NullMarked;
