/// The HTTP edge: one class per resource, and the one place that turns failures into answers.
@NullMarked
package dev.berth.web;

import org.jspecify.annotations.NullMarked;
