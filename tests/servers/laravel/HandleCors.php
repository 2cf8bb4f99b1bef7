<?php
// Middleware that reads config('cors'). Debian's Laravel 8 has none of its own: that came with 9,
// and the package that did it before is not in Debian (README.md).
use Illuminate\Http\Request;
use Illuminate\Http\Response;

class HandleCors
{
    public function handle(Request $request, Closure $next)
    {
        $cors = config('cors');
        if (!$request->is(...$cors['paths'])) {
            return $next($request);
        }
        $preflight = $request->isMethod('OPTIONS')
            && $request->headers->has('Access-Control-Request-Method');
        $response = $preflight ? new Response('', 204) : $next($request);
        $response->headers->set('Vary', 'Origin', false);
        $origin = $request->headers->get('Origin');
        $all = in_array('*', $cors['allowed_origins'], true);
        if ($origin === null || !($all || in_array($origin, $cors['allowed_origins'], true))) {
            return $response;
        }
        $shared = ['Allow-Origin' => $all && !$cors['supports_credentials'] ? '*' : $origin];
        if ($cors['supports_credentials']) {
            $shared['Allow-Credentials'] = 'true';
        }
        if ($preflight) {
            $shared['Allow-Methods'] = implode(', ', $cors['allowed_methods']);
            $shared['Allow-Headers'] = implode(', ', $cors['allowed_headers']);
            $shared['Max-Age'] = (string) $cors['max_age'];
        }
        foreach ($shared as $name => $value) {
            $response->headers->set("Access-Control-$name", $value);
        }
        return $response;
    }
}
