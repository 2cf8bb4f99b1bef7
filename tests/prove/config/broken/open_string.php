<?php
return ['allowed_origins' => ['https://a.example.com'], 'x' => 'it's'];
