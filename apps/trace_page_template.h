#pragma once

namespace lab {

/// The texts of trace_page.html, .css and .js.
extern const char* const trace_page_html;
extern const char* const trace_page_css;
extern const char* const trace_page_js;

}  // namespace lab
