resource "aws_s3_bucket_cors_configuration" "assets" {
  bucket = aws_s3_bucket.assets.id
  cors_rule {
    allowed_methods = ["GET"]
    allowed_origins = ["https://*.example.com", "https://shop.example.org"]
  }
}

locals {
  doc = <<-EOT
    it's a text: allowed_origins = ["https://text.example"]
  EOT
}

resource "google_storage_bucket" "media" {
  cors {
    origin = ["https://shop.example.com", "*"]
    method = ["GET"]
  }
  cors {
    origin = [var.origin]
  }
}
